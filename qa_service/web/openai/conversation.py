"""The question in a conversation, and the turns before it: sent, or named by `previous_response_id`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import request

from qa_service.chat import DECLINED, SOURCES, count_tokens
from qa_service.errors import InvalidInput
from qa_service.options.limits import LONGEST_ANSWER, LONGEST_QUESTION, MOST_TURNS
from qa_service.records import Question, Turn
from qa_service.settings import Settings
from qa_service.web.openai.schemas import AskingOptions, Message

__all__ = ["KeptTurns", "page_address", "prompt_tokens", "question_of"]

COUNTED = 200_000
"""Characters whose tokens are counted. Beyond them, four characters count as a token."""
MOST_KEPT = 1000
"""Responses whose turns are kept."""
MOST_CHARACTERS = 50_000_000
"""Characters of all kept turns together, which bounds the memory."""


def question_of(
    messages: Sequence[Message], collection: str, options: AskingOptions, *, field: str, before: Sequence[Turn] = ()
) -> Question:
    """The last user message as a question to `collection`. Its history is `before` and the other messages.

    Raises:
        InvalidInput: there is no user message, or it is blank or too long.
    """
    users = [i for i, message in enumerate(messages) if message.role == "user"]
    if not users:
        raise InvalidInput(f"{field}: must hold a message of the role user.", param=field)
    asked = messages[users[-1]].content.strip()
    if not asked:
        raise InvalidInput(f"{field}: the last user message holds no text to ask.", param=field)
    if len(asked) > LONGEST_QUESTION:
        raise InvalidInput(
            f"{field}: the last user message has {len(asked)} characters; a question has at most {LONGEST_QUESTION}.",
            param=field,
        )
    turns = [*before, *_turns(messages[: users[-1]])][-MOST_TURNS:]
    return options.record(question=asked, collection=collection, history=turns)


def _turns(messages: Sequence[Message]) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        text = message.content.strip()
        if message.role == "user" and text:
            turns.append(Turn(text[:LONGEST_QUESTION]))
        elif message.role == "assistant" and turns and text and turns[-1].answer is None:
            said = text.partition(SOURCES)[0].strip()
            turns[-1] = Turn(turns[-1].question, None if said.startswith(DECLINED) else said[:LONGEST_ANSWER])
    return turns


def prompt_tokens(texts: Sequence[str]) -> int:
    """tiktoken tokens of the texts. Nothing is added for the roles."""
    tokens, left = 0, COUNTED
    for text in texts:
        tokens += count_tokens(text[:left]) + len(text[left:]) // 4
        left = max(0, left - len(text))
    return tokens


def page_address(settings: Settings) -> str:
    """The address of the page: `QA_PUBLIC_URL`, or else the address of this request."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    parts = urlsplit(request.host_url)
    return f"{parts.scheme}://{parts.netloc}"


class KeptTurns:
    """The turns up to each of the last responses, in memory alone: they end with the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def keep(self, response_id: str, turns: Sequence[Turn]) -> None:
        with self._lock:
            self._kept[response_id] = tuple(Turn(t.question, t.answer and t.answer[:LONGEST_ANSWER]) for t in turns)
            self._characters += _length(self._kept[response_id])
            while len(self._kept) > MOST_KEPT or self._characters > MOST_CHARACTERS:
                self._characters -= _length(self._kept.popitem(last=False)[1])

    def before(self, response_id: str | None) -> tuple[Turn, ...]:
        """The turns up to that response; none where no response is named.

        Raises:
            InvalidInput: the response is unknown or no longer kept.
        """
        if response_id is None:
            return ()
        with self._lock:
            if response_id in self._kept:
                return self._kept[response_id]
        raise InvalidInput(
            f"previous_response_id: there is no response {response_id!r}. The last {MOST_KEPT} are kept, in memory; "
            "send the conversation in `input` instead.",
            param="previous_response_id",
        )


def _length(turns: Sequence[Turn]) -> int:
    return sum(len(turn.question) + len(turn.answer or "") for turn in turns)
