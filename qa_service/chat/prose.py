"""Answers that a language model writes. Each sentence is checked before it is sent."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qa_service.chat.checking import CheckedSentence, Fault, Passages
from qa_service.chat.markdown import quoted
from qa_service.chat.prompt import NO_ANSWER, ModelFailed, prompt_messages
from qa_service.chat.reply import CONTINUED, NEXT_LINE, NEXT_PARAGRAPH, Block, Ending, Writer
from qa_service.chat.sentence_stream import SentenceStream, StreamedSentence
from qa_service.chat.written import read_written
from qa_service.records import Annotation, Answer
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.chat.model_line import ModelLine

__all__ = ["ModelWriter", "open_writer"]

logger = logging.getLogger(__name__)

MOST_CHARACTERS = 8000
MOST_SENTENCES = 40
BULLET = "- "


def open_writer(settings: Settings) -> Writer | None:
    """The writer for the model in the settings; None without a model: answers are then quotations."""
    if settings.llm_base_url is None:
        return None
    from qa_service.chat.model_line import ModelLine  # imports openai, which is slow and needed only with a model

    parts = urlsplit(settings.llm_base_url)
    logger.info("Answers in chats are written by %s at %s://%s.", settings.llm_model, parts.scheme, parts.netloc)
    return ModelWriter(ModelLine(settings))


class ModelWriter:
    """Writes answers with one model. It keeps no state between answers."""

    def __init__(self, line: ModelLine) -> None:
        self._line = line

    def write(self, answer: Answer, gone: Callable[[], bool] = lambda: False) -> Generator[Block, None, Ending]:
        """Yields each supported sentence; returns why the answer ended and how many sentences were dropped."""
        passages, tally, failure = Passages(answer), Counter[Fault](), None
        repointed = written = 0
        layout = _Layout()
        try:
            with closing(self._sentences(answer, gone)) as sentences:
                for sentence in sentences:
                    written += 1
                    own = read_written(sentence.text)
                    checked = passages.check(own)
                    if isinstance(checked, Fault):
                        tally[checked] += 1
                        continue
                    repointed += checked.repointed
                    yield layout.block(checked, sentence.line, own.bullet)
        except ModelFailed as failed:
            failure = failed.reason
        dropped = tally.total()
        if failure is None and dropped == written and not gone():
            failure = _nothing_said(tally)
        if failure is not None:
            logger.warning("The model did not write an answer to its end: %s.", failure)
        return Ending("model", failure, dropped, repointed)

    def _sentences(self, answer: Answer, gone: Callable[[], bool]) -> Generator[StreamedSentence, None, None]:
        """The complete sentences of the model, as they arrive.

        Raises:
            ModelFailed: the model failed, found no answer, or wrote too much.
        """
        stream, characters, count = SentenceStream(), 0, 0
        with closing(self._line.pieces(prompt_messages(answer), gone)) as pieces:
            for piece in pieces:
                characters += len(piece)
                if characters > MOST_CHARACTERS:
                    raise ModelFailed(f"wrote more than {MOST_CHARACTERS} characters")
                for sentence in stream.feed(piece):
                    yield _answering(sentence)
                    count += 1
                    if count == MOST_SENTENCES:
                        raise ModelFailed(f"wrote more than {MOST_SENTENCES} sentences")
        if not gone():
            yield from map(_answering, stream.finish())


class _Layout:
    """Keeps the model's paragraphs and lists when sentences are dropped."""

    def __init__(self) -> None:
        self._line: int | None = None
        self._in_list = False

    def block(self, checked: CheckedSentence, line: int, bullet: bool) -> Block:
        opens = line != self._line
        joint = CONTINUED if not opens else NEXT_LINE if bullet and self._in_list else NEXT_PARAGRAPH
        self._in_list = bullet or (self._in_list and not opens)
        self._line = line
        begin = BULLET if bullet else ""
        said = quoted(checked.text)
        notes = tuple(Annotation(len(begin), len(begin) + len(said), number) for number in checked.citations)
        return Block(f"{begin}{said} {''.join(f'[{number}]' for number in checked.citations)}", notes, joint)


def _answering(sentence: StreamedSentence) -> StreamedSentence:
    if sentence.text.strip(" .*\"'`") == NO_ANSWER:
        raise ModelFailed("it found no answer in the passages")
    return sentence


def _nothing_said(tally: Counter[Fault]) -> str:
    if not tally:
        return "wrote nothing"
    return "cited nothing" if set(tally) == {Fault.UNCITED} else "wrote nothing that the passages support"
