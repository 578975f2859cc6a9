"""Responses, whole and streamed as their typed events.

https://platform.openai.com/docs/api-reference/responses and …/responses-streaming
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa_service.chat import Block, Ending, count_tokens
from qa_service.web.openai.payload import Cited, word_deltas

__all__ = ["response_events"]


def response_events(
    parts: Iterator[Block | Ending], cited: Cited, *, head: dict[str, Any], prompt: int
) -> Iterator[dict[str, Any]]:
    """The typed events. The last, `response.completed`, holds the whole response.

    `head` holds the fields that do not depend on the answer; `prompt` is the prompt's token count.
    """
    item_id = f"msg_{head['id'].removeprefix('resp_')}"
    place = {"item_id": item_id, "output_index": 0, "content_index": 0}
    text, notes, ending = "", list[dict[str, Any]](), Ending()
    numbers = iter(range(1 << 30))

    def event(kind: str, **fields: Any) -> dict[str, Any]:
        return {"type": f"response.{kind}", "sequence_number": next(numbers), **fields}

    begun = {**head, "status": "in_progress", "output": [], "usage": None}
    yield event("created", response=begun)
    yield event("in_progress", response=begun)
    yield event("output_item.added", output_index=0, item=_message(item_id, "in_progress", []))
    yield event("content_part.added", **place, part=_output("", []))
    for block in parts:
        if isinstance(block, Ending):
            ending = block
            continue
        joint = block.joint if text else ""
        at = len(text) + len(joint)
        text += joint + block.text
        for piece in word_deltas(joint + block.text):
            yield event("output_text.delta", **place, delta=piece, logprobs=[])
        for note in block.annotations:
            notes.append(cited.annotation(note, at))
            yield event("output_text.annotation.added", **place, annotation_index=len(notes) - 1, annotation=notes[-1])
    part = _output(text, notes)
    item = _message(item_id, "completed", [part])
    yield event("output_text.done", **place, text=text, logprobs=[])
    yield event("content_part.done", **place, part=part)
    yield event("output_item.done", output_index=0, item=item)
    whole = {
        **head,
        "status": "completed",
        "output": [item],
        "usage": _usage(prompt, text),
        **cited.own_part(ending),
    }
    yield event("completed", response=whole)


def _output(text: str, notes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": notes, "logprobs": []}


def _message(item_id: str, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": item_id, "type": "message", "status": status, "role": "assistant", "content": content}


def _usage(prompt: int, text: str) -> dict[str, Any]:
    written = count_tokens(text)
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + written,
    }
