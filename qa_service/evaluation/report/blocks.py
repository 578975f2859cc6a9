"""Packs the table of the report for its script: a block of rows, and blocks of details and passages.

The script parses details and passages when a row is opened. Each passage stands in the page once. The page states how
much is left out: questions beyond `MOST_QUESTIONS`, passages beyond a depth that falls with the number of questions,
and texts beyond `MOST_TEXT`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.report.assets import EmbeddedJson, embedded
from qa_service.evaluation.report.result_folder import OUTCOMES, QuestionOffset, lines, read_line

__all__ = ["MOST_QUESTIONS", "Packing"]

MOST_QUESTIONS = 10_000
MOST_PASSAGES = 100_000
"""Passages listed under all questions together, repeated ones included; ten per question always fit."""
MOST_TEXT = 64 << 20
"""Code points of passages in the page."""
LISTED = 20
"""Gold ids named under a question."""
ROWS_A_BLOCK, PASSAGES_A_BLOCK = 100, 200


class Packing:
    """Packs the first questions of `places` into blocks; the counts are complete after the blocks are read."""

    def __init__(self, folder: Path, places: Sequence[QuestionOffset], measures: Sequence[str]) -> None:
        self.folder = folder
        self.kept = places[:MOST_QUESTIONS]
        self.measures = tuple(measures)
        self.left_out = len(places) - len(self.kept)
        self.depth = max(10, MOST_PASSAGES // max(1, len(self.kept)))
        self.without_text = 0
        self._numbers: dict[str, int] = {}
        """Passage id -> its number in the page, in order of first use."""

    def blocks(self) -> Iterator[EmbeddedJson]:
        """Yield the rows, then details, then passages; blocks of each kind are numbered from 0."""
        tags: dict[str, int] = {}
        with (self.folder / "per_question.jsonl").open("rb") as file:
            questions = ((place, read_line(file, place.offset)) for place in self.kept)
            rows = [self._row(place, question, tags) for place, question in questions]
        head = {"measures": self.measures, "outcomes": OUTCOMES, "tags": list(tags)}
        sizes = {"rowsABlock": ROWS_A_BLOCK, "passagesABlock": PASSAGES_A_BLOCK}
        yield embedded("rows", head | sizes | {"rows": rows})
        del rows
        offsets, titles = self._found()
        yield from self._details(titles)
        yield from self._passages(offsets)

    def _row(self, place: QuestionOffset, question: dict[str, Any], tags: dict[str, int]) -> list[Any]:
        for passage in question["passages"][: self.depth]:
            self._numbers.setdefault(passage["passage_id"], len(self._numbers))
        values = question["measures"]
        return [
            *(place.number, question["id"], question["question"], place.outcome),
            int(question["declined"]),
            question["confidence"],
            question["first_relevant"],
            [tags.setdefault(tag, len(tags)) for tag in question["tags"]],
            question["language"],
            question["answer"],
            question["gold"]["answers"],
            [values.get(name) for name in self.measures] if values else [],
        ]

    def _found(self) -> tuple[dict[str, int], dict[str, str]]:
        """Offsets of the used passages by id, and the titles of articles by id."""
        offsets: dict[str, int] = {}
        titles: dict[str, str] = {}
        path = self.folder / "passages.jsonl"
        for offset, passage in lines(path):
            if passage["passage_id"] in self._numbers:
                offsets[passage["passage_id"]] = offset
            if passage["title"]:
                titles.setdefault(passage["article_id"], passage["title"])
        if lacking := [passage_id for passage_id in self._numbers if passage_id not in offsets]:
            message = f"{path} lacks passage {lacking[0]!r}, which per_question.jsonl names. Evaluate again."
            raise InvalidInput(message, param=path.name)
        return offsets, titles

    def _details(self, titles: dict[str, str]) -> Iterator[EmbeddedJson]:
        with (self.folder / "per_question.jsonl").open("rb") as file:
            for first in range(0, len(self.kept), ROWS_A_BLOCK):
                some = (read_line(file, place.offset) for place in self.kept[first : first + ROWS_A_BLOCK])
                yield embedded(f"details-{first // ROWS_A_BLOCK}", [self._detail(one, titles) for one in some])

    def _detail(self, question: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
        gold, returned = question["gold"], question["passages"]
        return {
            "articles": [[key, grade, titles.get(key)] for key, grade in list(gold["articles"].items())[:LISTED]],
            "goldPassages": list(gold["passages"].items())[:LISTED],
            "moreGold": [max(0, len(gold[kind]) - LISTED) for kind in ("articles", "passages")],
            "evidence": [
                [s["article_id"], s["start"], s["end"], titles.get(s["article_id"])] for s in gold["evidence"]
            ],
            "failure": question.get("failure"),
            "citations": [question["citations"][name] for name in ("checked", "valid")],
            "passages": [
                [self._numbers[p["passage_id"]], *(p[name] for name in ("rank", "score", "grade", "evidence"))]
                for p in returned[: self.depth]
            ],
            "more": max(0, len(returned) - self.depth),
        }

    def _passages(self, offsets: dict[str, int]) -> Iterator[EmbeddedJson]:
        room, ids = MOST_TEXT, list(self._numbers)
        with (self.folder / "passages.jsonl").open("rb") as file:
            for first in range(0, len(ids), PASSAGES_A_BLOCK):
                packed = []
                for passage_id in ids[first : first + PASSAGES_A_BLOCK]:
                    p = read_line(file, offsets[passage_id])
                    room -= len(p["text"])
                    text = p["text"] if room >= 0 else None
                    self.without_text += text is None
                    who = [p[name] for name in ("title", "outlet", "published", "language", "source")]
                    packed.append([passage_id, p["article_id"], p["start"], p["end"], text, *who])
                yield embedded(f"passages-{first // PASSAGES_A_BLOCK}", packed)
