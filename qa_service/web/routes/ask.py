"""`/v1/ask`."""

from __future__ import annotations

from flask import Response

from qa_service.options.answer_body import answer_body
from qa_service.options.answer_json import AskResponse
from qa_service.options.ask_request import AskBody, AskQuery
from qa_service.records import Question
from qa_service.settings import Settings
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.question_slots import QuestionSlots
from qa_service.web.requests import elapsed_ms, page_address, request_id
from qa_service.web.routes import ASKING, responses

__all__ = ["asking_routes"]


def asking_routes(settings: Settings, slots: QuestionSlots) -> ApiRoutes:
    api = ApiRoutes("asking", __name__, abp_tags=[ASKING])

    def answer(question: Question) -> Response:
        found = slots.ask(question)
        base = page_address(settings)
        return json_response(answer_body(found, base=base, request_id=request_id(), took_ms=elapsed_ms()))

    @api.post("/v1/ask", responses=responses(400, 404, 413, 415, ok=AskResponse), operation_id="ask")
    def ask(body: AskBody) -> Response:
        """Ask a question.

        Passages come best first. `answer` is null if the collection cannot answer, and with `"answer": false`.
        """
        return answer(body.record())

    @api.get("/v1/ask", responses=responses(400, 404, ok=AskResponse), operation_id="ask_by_address")
    def ask_by_address(query: AskQuery) -> Response:
        """Ask a question in an address, for a browser or curl.

        Answers the same as POST.
        """
        return answer(query.record())

    return api
