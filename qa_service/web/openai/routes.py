"""`/v1/models`, `/v1/chat/completions` and `/v1/responses`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from threading import Event
from typing import Any

from flask import Response
from flask_openapi3 import Tag
from pydantic import BaseModel, Field

from qa_service.chat import Block, Ending, open_writer, reply_parts
from qa_service.errors import CollectionNotFound
from qa_service.options.limits import MOST_TURNS
from qa_service.records import Turn
from qa_service.service import Service
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.openai.completions import completion, completion_chunks
from qa_service.web.openai.conversation import KeptTurns, prompt_tokens, question_of, reply_without_question
from qa_service.web.openai.errors import error_body
from qa_service.web.openai.payload import Cited
from qa_service.web.openai.responses import response_events
from qa_service.web.openai.schemas import ChatBody, Message, OpenAIError, ResponsesBody
from qa_service.web.openai.sse import event_stream
from qa_service.web.question_slots import QuestionSlots
from qa_service.web.requests import page_address, request_id

__all__ = ["openai_routes"]

OPENAI = Tag(name="openai", description="OpenAI's protocol: collections are its models.")
REFUSALS: dict[str | int | HTTPStatus, Any] = {
    "200": {"description": "As in OpenAI's protocol, with the extension `qa`."},
    **{str(status): OpenAIError for status in (400, 401, 403, 404, 413, 415, 429, 503)},
}
FAILED_LAST = 1 << 30
"""`sequence_number` of a failure: after all events of the stream."""
FAILED = error_body(500, "internal_error", "Something went wrong while the answer was written.", None)


class ModelPath(BaseModel):
    model: str = Field(description="The name of a collection.")


def openai_routes(service: Service, slots: QuestionSlots) -> ApiRoutes:
    api = ApiRoutes("openai", __name__, abp_tags=[OPENAI])
    kept = KeptTurns()
    settings = service.settings
    writer = open_writer(settings)
    started = int(time.time())

    def model(name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": started, "owned_by": "qa-service"}

    def known(name: str) -> None:
        names = [info.name for info in service.collections()]
        if name not in names:
            raise CollectionNotFound.of(name, names, param="model")

    def replied(
        messages: Sequence[Message], body: ChatBody | ResponsesBody, field: str, before: Sequence[Turn], gone: Event
    ) -> tuple[Sequence[Turn], Iterator[Block | Ending], Cited]:
        """The turns of the conversation with this one, the parts of the reply, and its citations."""
        base = page_address(settings)
        if (said := reply_without_question(messages)) is not None:
            known(body.model)
            return before, iter((Block(said), Ending())), Cited(None, base)
        question = question_of(messages, body.model, body.qa, field=field, before=before)
        answer = slots.ask(question)
        whole = next(message.content.strip() for message in reversed(messages) if message.role == "user")
        cited = Cited(answer, base, None if question.question == whole else question.question)
        turn = Turn(question.question, answer.answer.text if answer.answer else None)
        return (*question.history, turn), reply_parts(answer, base=base, writer=writer, gone=gone.is_set), cited

    @api.get("/v1/models", responses=REFUSALS, operation_id="models")
    def models() -> Response:
        """The collections, as models."""
        return json_response({"object": "list", "data": [model(info.name) for info in service.collections()]})

    @api.get("/v1/models/<path:model>", responses=REFUSALS, operation_id="model")
    def one_model(path: ModelPath) -> Response:
        """One collection, as a model."""
        known(path.model)
        return json_response(model(path.model))

    @api.post("/v1/chat/completions", responses=REFUSALS, operation_id="chat_completions")
    def chat_completions(body: ChatBody) -> Response:
        """Ask as a chat.

        The last user message is asked of the collection `model`; the turns before it resolve what it leaves out.
        """
        gone = Event()
        _, parts, cited = replied(body.messages, body, "messages", (), gone)
        head = {"id": f"chatcmpl-{request_id()}", "created": int(time.time()), "model": body.model}
        prompt = prompt_tokens([m.content for m in body.messages])
        if not body.stream:
            return json_response(completion(parts, cited, head=head, prompt=prompt))
        include = bool(body.stream_options and body.stream_options.include_usage)
        chunks = completion_chunks(parts, cited, head=head, prompt=prompt, include_usage=include)
        return event_stream(chunks, slow=writer is not None, named=False, failure={"error": FAILED}, gone=gone)

    @api.post("/v1/responses", responses=REFUSALS, operation_id="responses")
    def responses(body: ResponsesBody) -> Response:
        """Ask as a response.

        As chat completions; `previous_response_id` goes on with one of the last thousand responses.
        """
        before = kept.before(body.previous_response_id)
        gone = Event()
        turns, parts, cited = replied(body.input, body, "input", before, gone)
        head = _response_head(body)
        prompt = prompt_tokens([body.instructions, *(m.content for m in body.input)])
        events = response_events(parts, cited, head=head, prompt=prompt)

        def remembered() -> Iterator[dict[str, Any]]:
            for event in events:
                if event["type"] == "response.completed":
                    kept.keep(head["id"], turns[-MOST_TURNS:])
                yield event

        if not body.stream:
            return json_response(list(remembered())[-1]["response"])
        failure = {**FAILED, "type": "error", "sequence_number": FAILED_LAST}
        return event_stream(remembered(), slow=writer is not None, named=True, failure=failure, gone=gone)

    return api


def _response_head(body: ResponsesBody) -> dict[str, Any]:
    """The fields that do not depend on the answer."""
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "model": body.model,
        "error": None,
        "incomplete_details": None,
        "instructions": body.instructions or None,
        "metadata": body.metadata or {},
        "parallel_tool_calls": False,
        "previous_response_id": body.previous_response_id,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
    }
