"""The question in a conversation, and the turns before it: sent, or named by `previous_response_id`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qa_service.chat import DECLINED, SOURCES, UNSURE, count_tokens, question_in, task_result
from qa_service.errors import InvalidInput
from qa_service.options.limits import LONGEST_ANSWER, MOST_TURNS
from qa_service.records import Question, Turn
from qa_service.web.openai.schemas import AskingOptions, Message
from qa_service.web.server_folder import server_folder
from qa_service.web.shared_file import SharedFile

__all__ = ["KeptTurns", "prompt_tokens", "question_of", "reply_without_question"]

INVITATION = "Ask a question about these articles."
COUNTED = 200_000
"""Characters whose tokens are counted. Beyond them, four characters count as a token."""
MOST_KEPT = 1000
"""Responses whose turns are kept."""
MOST_CHARACTERS = 50_000_000
"""Characters of all kept turns together, which bounds the file."""
TABLE = "CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY, response TEXT UNIQUE, turns TEXT, characters INT)"
FORGET = """
DELETE FROM kept WHERE number IN (
    SELECT number FROM (
        SELECT number, row_number() OVER newest AS place, sum(characters) OVER newest AS together
        FROM kept WINDOW newest AS (ORDER BY number DESC)
    ) WHERE place > ? OR together > ?
)
"""


def reply_without_question(messages: Sequence[Message]) -> str | None:
    """The reply to messages that ask nothing: an invitation, or the empty result of a task; None if they ask."""
    last = _last_user(messages)
    return INVITATION if last is None else task_result(messages[last].content.strip())


def question_of(
    messages: Sequence[Message], collection: str, options: AskingOptions, *, field: str, before: Sequence[Turn] = ()
) -> Question:
    """The question in the last user message, to `collection`. Its history is `before` and the other messages.

    Raises:
        InvalidInput: the last user message holds no question.
    """
    last = _last_user(messages)
    asked = "" if last is None else question_in(messages[last].content)
    if not asked:
        raise InvalidInput(f"{field}: the last user message holds no text to ask.", param=field)
    turns = [*before, *_turns(messages[:last])][-MOST_TURNS:]
    return options.record(question=asked, collection=collection, history=turns)


def _last_user(messages: Sequence[Message]) -> int | None:
    return max((at for at, message in enumerate(messages) if message.role == "user"), default=None)


def _turns(messages: Sequence[Message]) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        text = message.content.strip()
        if message.role == "user" and text:
            turns.append(Turn(question_in(text)))
        elif message.role == "assistant" and turns and text and turns[-1].answer is None:
            said = text.partition(SOURCES)[0].strip()
            if said.startswith(UNSURE):
                said = said.partition("\n")[2].strip()
            turns[-1] = Turn(turns[-1].question, None if said.startswith(DECLINED) else said[:LONGEST_ANSWER])
    return turns


def prompt_tokens(texts: Sequence[str]) -> int:
    """tiktoken tokens of the texts. Nothing is added for the roles."""
    tokens, left = 0, COUNTED
    for text in texts:
        tokens += count_tokens(text[:left]) + len(text[left:]) // 4
        left = max(0, left - len(text))
    return tokens


class KeptTurns:
    """The turns up to each of the last responses of the server. They end with it."""

    def __init__(self) -> None:
        folder = server_folder()
        self._file = SharedFile(":memory:" if folder is None else str(folder / "turns.sqlite3"), TABLE)

    def keep(self, response_id: str, turns: Sequence[Turn]) -> None:
        kept = [(turn.question, turn.answer and turn.answer[:LONGEST_ANSWER]) for turn in turns]
        characters = sum(len(question) + len(answer or "") for question, answer in kept)
        with self._file.changing() as connection:
            row = (response_id, json.dumps(kept), characters)
            connection.execute("INSERT INTO kept (response, turns, characters) VALUES (?, ?, ?)", row)
            connection.execute(FORGET, (MOST_KEPT, MOST_CHARACTERS))

    def before(self, response_id: str | None) -> tuple[Turn, ...]:
        """The turns up to that response; none where no response is named.

        Raises:
            InvalidInput: the response is unknown or no longer kept.
        """
        if response_id is None:
            return ()
        with self._file.changing() as connection:
            found = connection.execute("SELECT turns FROM kept WHERE response = ?", (response_id,)).fetchone()
        if found is not None:
            return tuple(Turn(question, answer) for question, answer in json.loads(found[0]))
        raise InvalidInput(
            f"previous_response_id: there is no response {response_id!r}. The last {MOST_KEPT} are kept until the "
            "service ends; send the conversation in `input` instead.",
            param="previous_response_id",
        )
