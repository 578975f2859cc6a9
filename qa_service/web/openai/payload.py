"""Parts that all answers in OpenAI's protocol share: annotations, sources for Open WebUI, and our extension `qa`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qa_service.chat import Ending
from qa_service.options.answer_body import declined_body, interpretation_body, passage_body, perspective_body
from qa_service.options.links import passage_address
from qa_service.records import Annotation, Answer, RankedPassage

__all__ = ["Cited", "word_deltas"]

WORDS_A_DELTA = 4


class Cited:
    """The citations of one answer, as annotations and as sources. `base` is the address of the page."""

    def __init__(self, answer: Answer | None, base: str, asked: str | None = None) -> None:
        """`answer` is None if nothing was asked. `asked` is the question within a longer message, else None."""
        self._answer, self._base, self._asked = answer, base, asked
        self._passages = {p.citation.number: p for p in answer.passages} if answer and answer.answerable else {}

    def annotation(self, note: Annotation, at: int = 0) -> dict[str, Any]:
        """A `url_citation`. `at` is the offset of the annotated block in the text."""
        passage = self._passages[note.citation]
        return {
            "type": "url_citation",
            "start_index": at + note.start,
            "end_index": at + note.end,
            "title": passage.citation.label,
            "url": self._address(passage),
        }

    def source_events(self) -> Iterator[dict[str, Any]]:
        """Open WebUI's `source` events, in the order of `[n]`.

        Open WebUI numbers unique values of `metadata.source` from 1. It makes sources of annotations too, by their
        address. So `metadata.source` is the address here, and each passage is one source. `external` makes it show
        names, and ask no other server for an icon. It reads `url`, later versions `source_url`. It would show
        `distances` as percentages beside the confidence, so there are none.
        """
        for passage in self._passages.values():
            citation, address = passage.citation, self._address(passage)
            name = citation.label
            metadata = {
                "source": address,
                "name": name,
                "url": address,
                "source_url": address,
                "external": True,
                "outlet": citation.meta.outlet,
                "published": None if citation.meta.published is None else citation.meta.published.isoformat(),
                "article_id": citation.article_id,
                "start_char_index": citation.start,
                "end_char_index": citation.end,
                "article_sha256": citation.article_sha256,
            }
            yield {
                "type": "source",
                "data": {
                    "source": {"id": address, "name": name, "url": address},
                    "document": [passage.passage.text],
                    "metadata": [metadata],
                },
            }

    def own_part(self, ending: Ending) -> dict[str, Any]:
        """The field `qa`: what OpenAI's protocol has no field for. Other clients ignore it."""
        answer = self._answer
        if answer is None:
            return {}
        own = {
            "answerable": answer.answerable,
            "confidence": answer.confidence,
            "written_by": ending.written_by,
            "model_failure": ending.failure,
            "dropped_sentences": ending.dropped,
            "repointed_sentences": ending.repointed,
            "interpretation": interpretation_body(answer.interpretation) | {"asked": self._asked},
            "passages": [passage_body(passage, answer, self._base) for passage in answer.passages],
            "perspectives": [perspective_body(found) for found in answer.perspectives],
        }
        return {"qa": own if answer.declined is None else own | {"declined": declined_body(answer.declined)}}

    def _address(self, passage: RankedPassage) -> str:
        collection = self._answer.collection.name if self._answer else ""
        return passage_address(self._base, passage, collection, self._answer)


def word_deltas(text: str) -> Sequence[str]:
    """`text` in pieces of a few words, with its white space."""
    pieces: list[str] = []
    start = spaces = 0
    for i, sign in enumerate(text):
        spaces += sign == " "
        if spaces == WORDS_A_DELTA:
            pieces.append(text[start : i + 1])
            start, spaces = i + 1, 0
    return [*pieces, text[start:]] if start < len(text) else pieces
