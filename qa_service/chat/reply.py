"""One answer as the text of a chat message.

A reply is a sequence of blocks. A streamed reply and a whole reply have the same blocks, thus the same text.
Every `[n]` is the `citation.number` of a passage, and its number in the list of sources.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Set
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from qa_service.chat.markdown import link, quoted
from qa_service.options.confidence_words import DECLINED, doubt
from qa_service.options.links import passage_address
from qa_service.records import Annotation, Answer, AnswerText, ArticleMeta, RankedPassage, Statement
from qa_service.text.question.parts import unanswered_lines

__all__ = ["SOURCES", "Block", "Ending", "Reply", "Writer", "compose_reply", "reply_parts"]

SOURCES = "**Sources**"
"""Heading of the list of sources. When a client sends an earlier answer back, the text after it is ignored."""
PASSAGES_ALONE = "The passages alone, as you asked:"
BROKEN_OFF = "The model's answer broke off here. The articles say:"
CONTINUED, NEXT_PARAGRAPH, NEXT_LINE = " ", "\n\n", "\n"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text. `joint` is put before it, unless it is the first.

    Annotations count code points from the start of the block, and leave out the `[n]`.
    """

    text: str
    annotations: tuple[Annotation, ...] = ()
    joint: str = CONTINUED


@dataclass(frozen=True, slots=True)
class Ending:
    """How the answer was written.

    `failure` is the reason why the model wrote nothing, or not to the end. `dropped` counts sentences that no passage
    supports, `repointed` sentences whose citation was corrected.
    """

    written_by: Literal["quotation", "model", "model and quotation"] = "quotation"
    failure: str | None = None
    dropped: int = 0
    repointed: int = 0


class Writer(Protocol):
    """Writes an answer in prose: yields checked sentences as they arrive, until the client is `gone()`."""

    def write(self, answer: Answer, gone: Callable[[], bool] = ...) -> Generator[Block, None, Ending]: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole message. `annotations` count code points of `text`."""

    text: str
    annotations: tuple[Annotation, ...]
    ending: Ending


def reply_parts(
    answer: Answer, *, base: str, writer: Writer | None = None, gone: Callable[[], bool] = lambda: False
) -> Iterator[Block | Ending]:
    """The blocks of the reply, then its `Ending`.

    `base` is the public address of the page. `gone` tells whether the client has hung up.
    """
    if answer.answer is None and answer.answerable:
        everything = {passage.citation.number for passage in answer.passages}
        yield Block(PASSAGES_ALONE)
        yield _sources(answer, everything, base)
        yield Ending()
        return
    if answer.answer is None:
        yield Block(DECLINED if answer.declined is None else f"{DECLINED} {quoted(answer.declined.message)}")
        yield Ending()
        return
    sent: list[Block] = []

    def tell(block: Block) -> Block:
        sent.append(block)
        return block

    ending, joint = Ending(), CONTINUED
    if (unsure := doubt(answer)) is not None:
        yield Block(unsure)
        joint = NEXT_PARAGRAPH
    if writer is not None:
        with closing(writer.write(answer, gone)) as writing:  # stops the model when the client hangs up
            try:
                while True:
                    yield tell(next(writing))
            except StopIteration as end:
                ending = end.value
    if not sent or ending.failure is not None:
        ending = replace(ending, written_by="model and quotation" if sent else "quotation")
        if sent:
            yield tell(Block(BROKEN_OFF, joint=NEXT_PARAGRAPH))
        yield from map(tell, _quotations(answer.answer, CONTINUED if sent else joint))
    if answer.answer.note is not None:
        yield tell(Block(quoted(answer.answer.note), joint=NEXT_PARAGRAPH))
    for line in unanswered_lines(answer.interpretation.parts):
        yield tell(Block(quoted(line), joint=NEXT_PARAGRAPH))
    for disagreement in answer.disagreements:
        yield tell(_sides(disagreement.kind, disagreement.a, disagreement.b))
    yield _sources(answer, {note.citation for block in sent for note in block.annotations}, base)
    yield ending


def compose_reply(parts: Iterator[Block | Ending]) -> Reply:
    """The whole reply, from its parts."""
    text, annotations, ending = "", list[Annotation](), Ending()
    for part in parts:
        if isinstance(part, Ending):
            ending = part
            continue
        text += part.joint if text else ""
        annotations += [Annotation(len(text) + a.start, len(text) + a.end, a.citation) for a in part.annotations]
        text += part.text
    return Reply(text, tuple(annotations), ending)


def _quotations(answer: AnswerText, joint: str) -> Iterator[Block]:
    """The quoted sentences; `joint` stands before the first."""
    for note in answer.annotations:
        said = quoted(answer.text[note.start : note.end])
        yield Block(f"{said} [{note.citation}]", (Annotation(0, len(said), note.citation),), joint)
        joint = CONTINUED


def _sides(kind: str, a: Statement, b: Statement) -> Block:
    """Two statements that differ, each with its outlet and citation."""
    text, annotations = "The sources differ (" + kind + "): ", list[Annotation]()
    for joint, side in (("", a), ("; ", b)):
        text += f"{joint}{quoted(side.outlet or side.article_id)}: “"
        said = quoted(side.sentence.text)
        annotations.append(Annotation(len(text), len(text) + len(said), side.citation))
        text += f"{said}” [{side.citation}]"
    return Block(f"{text}.", tuple(annotations), NEXT_PARAGRAPH)


def _sources(answer: Answer, numbers: Set[int], base: str) -> Block:
    """The list of the cited passages."""
    cited = [passage for passage in answer.passages if passage.citation.number in numbers]
    lines = [_source(passage, passage_address(base, passage, answer.collection.name, answer)) for passage in cited]
    return Block(NEXT_LINE.join([SOURCES, "", *lines]), joint=NEXT_PARAGRAPH)


def _published(meta: ArticleMeta) -> list[str]:
    """Outlet and date, unless the label of the article is made of them."""
    day = [str(meta.published or "date not stated")]
    if not meta.title and meta.outlet:
        return [] if meta.published else day
    return [meta.outlet or "outlet not stated", *day]


def _source(passage: RankedPassage, address: str) -> str:
    citation = passage.citation
    facts = [link(citation.label, address), *map(quoted, _published(citation.meta))]
    if passage.pages is not None:
        facts.append(passage.pages)
    return f"- [{citation.number}] {', '.join(facts)}"
