"""An answer as a chat message: text with `[n]` markers and a list of sources, and the same citations as annotations."""

from qa_service.chat.asked import question_in, task_result
from qa_service.chat.prose import open_writer
from qa_service.chat.reply import (
    SOURCES,
    Block,
    Ending,
    Reply,
    Writer,
    compose_reply,
    reply_parts,
)
from qa_service.options.confidence_words import DECLINED, UNSURE
from qa_service.text.basic.tokens import count_tokens

__all__ = [
    "DECLINED", "SOURCES", "UNSURE", "Block", "Ending", "Reply", "Writer", "compose_reply", "count_tokens",
    "open_writer", "question_in", "reply_parts", "task_result",
]  # fmt: skip
