"""The question in a conversation, and the turns before it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import request

from qa_service.chat import DECLINED, SOURCES, count_tokens
from qa_service.errors import InvalidInput
from qa_service.options.limits import LONGEST_ANSWER, LONGEST_QUESTION, MOST_TURNS
from qa_service.records import Question, Turn
from qa_service.settings import Settings
from qa_service.web.openai.schemas import AskingOptions, Message

__all__ = ["page_address", "prompt_tokens", "question_of"]

COUNTED = 200_000
"""Characters whose tokens are counted. Beyond them, four characters count as a token."""


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
