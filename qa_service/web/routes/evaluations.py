"""`/v1/evaluations`."""

from __future__ import annotations

import json
import os
import re
from pathlib import PurePath
from typing import Any, BinaryIO

from flask import Response, request, send_file
from flask_openapi3 import Tag
from pydantic import ValidationError
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from qa_service.errors import InvalidInput
from qa_service.evaluation.run.evaluation_jobs import EvaluationJobs
from qa_service.evaluation.run.submission import Submission, as_lines
from qa_service.options.refusals import refuse_fields
from qa_service.service import Service
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.routes import responses
from qa_service.web.schemas.evaluations import (
    EvaluationAccepted,
    EvaluationBody,
    EvaluationFilePath,
    EvaluationForm,
    EvaluationItem,
    EvaluationListQuery,
    EvaluationListResponse,
    EvaluationPath,
    EvaluationResponse,
    RemovedResponse,
    check_overrides,
)
from qa_service.web.schemas.requests import NoQuery
from qa_service.web.uploads import plain_name

__all__ = ["evaluation_routes"]

EVALUATIONS = Tag(name="evaluations", description="Question sets asked of a collection, and measured.")
LONGEST_NAME = 200
"""Most bytes of a file name: file systems take 255, and suffixes are added."""
TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".xml": "application/xml",
    ".trec": "text/plain",
    ".csv": "text/csv",
}
POLICY_BYTES = 4096
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([\x20-\x21\x23-\x3b\x3d-\x7e]+)">')
CLOSED = "default-src 'none'"
BINARY = {"type": "string", "contentMediaType": "application/octet-stream"}
POST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": BINARY
                    | {"description": "JSON Lines, CSV, XLSX, SQuAD JSON, TREC topics or a zip of a BEIR folder."},
                    "qrels": BINARY | {"description": "Judgements, for TREC and BEIR."},
                }
                | EvaluationForm.model_json_schema()["properties"]
                | {
                    "settings": {"type": "string", "description": "A JSON object of settings of ranking and answering."}
                },
            }
        },
        "application/json": {"schema": EvaluationBody.model_json_schema()},
    },
}


def evaluation_routes(service: Service, evaluations: EvaluationJobs) -> ApiRoutes:
    api = ApiRoutes("evaluations", __name__, abp_tags=[EVALUATIONS])

    @api.post(
        "/v1/evaluations",
        responses=responses(400, 404, 413, 415, accepted=EvaluationAccepted),
        openapi_extensions={"requestBody": POST_BODY},
        operation_id="evaluate",
    )
    def evaluate() -> Response:
        """Evaluate a question set, sent as a file or in a JSON body.

        The whole set is checked first: what is wrong is refused with file, line and field. Evaluations run one after
        the other beside the questions that are asked, at a lower priority, and go on after a restart.
        """
        try:
            if request.mimetype == "multipart/form-data":
                form = EvaluationForm.model_validate(request.form.to_dict())
                fields, files = form.model_dump(), _files()
            else:
                body = EvaluationBody.model_validate(request.get_json())
                fields = body.model_dump(exclude={"questions"}) | {"format": "jsonl"}
                files = {"file": ("questions.jsonl", as_lines(body.questions))}
        except ValidationError as error:
            refuse_fields(error)
        fields["overrides"] = check_overrides(fields.pop("settings"), service.settings)
        fields["relevance"] = None if fields["relevance"] == "auto" else fields["relevance"]
        job = evaluations.submit(Submission(*files["file"], qrels=files.get("qrels"), **fields))
        response = json_response(EvaluationAccepted(evaluation_id=job.evaluation_id), 202)
        response.headers["Location"] = f"/v1/evaluations/{job.evaluation_id}"
        return response

    @api.get("/v1/evaluations", responses=responses(400, ok=EvaluationListResponse), operation_id="list_evaluations")
    def list_evaluations(query: EvaluationListQuery) -> Response:
        """List evaluations, newest first."""
        jobs, total, following = evaluations.jobs(limit=query.limit, after=query.after)
        found = zip(jobs, evaluations.progress(*jobs), strict=True)
        items = [EvaluationItem(**EvaluationItem.values(*each)) for each in found]
        return json_response(EvaluationListResponse(evaluations=items, total=total, next_after=following))

    @api.get(
        "/v1/evaluations/<evaluation_id>",
        responses=responses(400, 404, ok=EvaluationResponse),
        operation_id="get_evaluation",
    )
    def get_evaluation(path: EvaluationPath, query: NoQuery) -> Response:
        """Get the state of an evaluation and its results."""
        job = evaluations.job(path.evaluation_id)
        summary = None
        if job.state == "done":
            with evaluations.result(path.evaluation_id, "summary.json") as file:
                summary = json.load(file)
        (progress,) = evaluations.progress(job)
        values = EvaluationItem.values(job, progress)
        return json_response(EvaluationResponse(**values, summary=summary))

    @api.get(
        "/v1/evaluations/<evaluation_id>/files/<name>",
        responses=responses(400, 404, ok={"content": {"application/octet-stream": {}}}),
        operation_id="get_evaluation_file",
    )
    def get_evaluation_file(path: EvaluationFilePath, query: NoQuery) -> Response:
        """Read a file of results, such as report.html."""
        file = evaluations.result(path.evaluation_id, path.name)
        suffix = PurePath(path.name).suffix
        policy = report_policy(file) if suffix == ".html" else None
        response = send_open_file(file, path.name, TYPES[suffix])
        if policy is not None:
            response.headers["Content-Security-Policy"] = policy
        return response

    @api.delete(
        "/v1/evaluations/<evaluation_id>",
        responses=responses(400, 404, ok=RemovedResponse),
        operation_id="remove_evaluation",
    )
    def remove_evaluation(path: EvaluationPath, query: NoQuery) -> Response:
        """Cancel an evaluation, or remove an ended one with its results."""
        outcome = evaluations.remove(path.evaluation_id)
        return json_response(RemovedResponse(evaluation_id=path.evaluation_id, outcome=outcome))

    return api


def send_open_file(file: BinaryIO, name: str, kind: str) -> Response:
    """The file, or the range of it that the client asks for. The response closes the file.

    It takes an open file because another request may remove the path meanwhile.
    """
    about = os.fstat(file.fileno())
    response = send_file(
        file, mimetype=kind, download_name=name, conditional=False, etag=False, last_modified=about.st_mtime
    )
    response.content_length = about.st_size
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=about.st_size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return response


def report_policy(report: BinaryIO) -> str:
    """The report's own content security policy, which names its script by hash, in a sandbox.

    A sandbox has its own origin, so that the report cannot reach this site.
    """
    found = _POLICY.search(report.read(POLICY_BYTES))
    report.seek(0)
    return f"sandbox allow-scripts; frame-ancestors 'none'; {found[1].decode() if found else CLOSED}"


def _files() -> dict[str, tuple[str, bytes]]:
    """Name and content of the field `file` and, if sent, of `qrels`."""
    sent = [(field, file) for field, file in request.files.items(multi=True) if file.filename]
    fields = [field for field, _ in sent]
    for field in fields:
        if field not in ("file", "qrels"):
            raise InvalidInput(f"{field}: there is no such field for a file; send `file`, and `qrels`.", param=field)
        if fields.count(field) > 1:
            raise InvalidInput(f"{field}: is sent {fields.count(field)} times; send one file.", param=field)
    if "file" not in fields:
        message = "file: send a question set, as `-F file=@questions.jsonl` does with curl."
        raise InvalidInput(message, param="file")
    found = {field: (plain_name(file, field), file.read()) for field, file in sent}
    for field, (name, _) in found.items():
        if len(name.encode()) > LONGEST_NAME:
            raise InvalidInput(f"{field}: the file's name is longer than {LONGEST_NAME} bytes.", param=field)
    return found
