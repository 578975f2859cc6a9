"""An answer as a chat message: text with `[n]` markers and a list of sources, and the same citations as annotations."""

from qa_service.chat.prose import open_writer
from qa_service.chat.reply import (
    DECLINED,
    SOURCES,
    Block,
    Ending,
    Reply,
    Writer,
    compose_reply,
    reply_parts,
)
from qa_service.text.basic.tokens import count_tokens

__all__ = [
    "DECLINED", "SOURCES", "Block", "Ending", "Reply", "Writer", "compose_reply", "count_tokens", "open_writer",
    "reply_parts",
]  # fmt: skip
