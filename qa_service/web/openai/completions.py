"""Chat completions, whole and streamed.

https://platform.openai.com/docs/api-reference/chat ; streamed as server-sent events of `chat.completion.chunk`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa_service.chat import Block, Ending, compose_reply, count_tokens
from qa_service.web.openai.payload import Cited, word_deltas

__all__ = ["completion", "completion_chunks"]


def completion(parts: Iterator[Block | Ending], cited: Cited, *, head: dict[str, Any], prompt: int) -> dict[str, Any]:
    """The whole `chat.completion`. `head` holds id, created and model; `prompt` is the prompt's token count."""
    reply = compose_reply(parts)
    notes = [_nested(cited.annotation(note)) for note in reply.annotations]
    message = {"role": "assistant", "content": reply.text, "refusal": None, "annotations": notes}
    return {
        **head,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": usage(prompt, reply.text),
        **cited.own_part(reply.ending),
    }


def completion_chunks(
    parts: Iterator[Block | Ending],
    cited: Cited,
    *,
    head: dict[str, Any],
    prompt: int,
    include_usage: bool,
) -> Iterator[dict[str, Any]]:
    """The same in chunks, in this order:

    Open WebUI's `source` events, so that each `[n]` is known when it arrives; each block of text with its annotations;
    the end with `qa`; the usage, if `include_usage`.
    """
    text, ending = "", Ending()
    yield _chunk(head, {"role": "assistant", "content": ""})
    for event in cited.source_events():
        yield {**_chunk(head, {}), "event": event}
    for part in parts:
        if isinstance(part, Ending):
            ending = part
            continue
        joint = part.joint if text else ""
        at = len(text) + len(joint)
        text += joint + part.text
        for piece in word_deltas(joint + part.text):
            yield _chunk(head, {"content": piece})
        if part.annotations:
            yield _chunk(head, {"annotations": [_nested(cited.annotation(note, at)) for note in part.annotations]})
    yield {**_chunk(head, {}, "stop"), **cited.own_part(ending)}
    if include_usage:
        yield {**_chunk(head, {}), "choices": [], "usage": usage(prompt, text)}


def usage(prompt: int, text: str) -> dict[str, int]:
    written = count_tokens(text)
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {**head, "object": "chat.completion.chunk", "choices": [choice]}


def _nested(note: dict[str, Any]) -> dict[str, Any]:
    """An annotation in the nested form of chat completions; responses have it flat."""
    kind = note.pop("type")
    return {"type": kind, kind: note}
