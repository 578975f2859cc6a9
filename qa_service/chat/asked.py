"""The question in a chat message. Front ends wrap it in instructions, and send tasks of their own."""

from __future__ import annotations

import json
import re

from qa_service.records import LONGEST_QUESTION
from qa_service.text.basic.sentences import split_sentences

__all__ = ["question_in", "task_result"]

_TASK = "### Task"
"""Open WebUI's prompts begin with it: its background tasks, and the wrapper of a question with files."""
_HEADING = re.compile(r"^### ", re.MULTILINE)
_WRAPPED = re.compile(r"^<(chat_history|context|user_query)>", re.MULTILINE)
_RESULT = re.compile(r'\{\s*"(\w+)"\s*:\s*(["\[])')
_ASKS = re.compile(r"(?<!/)[?؟](?=[\s\"'”’»)\]*_]|$)|？")  # noqa: RUF001


def task_result(message: str) -> str | None:
    """The empty result of a background task, as a title of the chat; None if the message holds a question.

    A task names the JSON object that it wants, such as `{ "tags": ["tag1"] }`; its empty result is `{"tags": []}`. The
    empty result of a task without an object is an empty text.
    """
    if not message.startswith(_TASK) or len(_HEADING.findall(message)) < 2:
        return None
    wrapped = _WRAPPED.search(message)
    if wrapped is not None and wrapped[1] != "chat_history":
        return None
    instructions = message if wrapped is None else message[: wrapped.start()]
    result = _RESULT.search(instructions)
    return "" if result is None else json.dumps({result[1]: [] if result[2] == "[" else ""})


def question_in(message: str) -> str:
    """The question: what a front end has wrapped; of a longer text the last question, or else its end."""
    text = _unwrapped(message).strip()
    if len(text) <= LONGEST_QUESTION:
        return text
    asks = [match.end() for match in _ASKS.finditer(text)]
    if not asks:
        return text[-LONGEST_QUESTION:].strip()
    near = text[max(0, asks[-1] - LONGEST_QUESTION) : asks[-1]]
    start, end = split_sentences(near)[-1]
    return near[start:end]


def _unwrapped(message: str) -> str:
    _, opens, query = message.rpartition("<user_query>")
    if opens:
        return query.partition("</user_query>")[0]
    if message.startswith(_TASK) and _HEADING.search(message, len(_TASK)) and "</context>" in message:
        return message.rpartition("</context>")[2]
    return message
