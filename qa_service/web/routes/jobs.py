"""`/v1/jobs`."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from pydantic import ValidationError

from qa_service.options.refusals import refuse_fields
from qa_service.service import Service
from qa_service.web.api_document import ApiRoutes
from qa_service.web.errors import json_response
from qa_service.web.routes import ARTICLES, responses
from qa_service.web.schemas.jobs import (
    RETRY_BODY,
    JobAccepted,
    JobListQuery,
    JobListResponse,
    JobPath,
    JobRemoved,
    JobResponse,
    RetryBody,
)
from qa_service.web.schemas.requests import NoQuery

__all__ = ["accepted", "job_routes"]

SAYS = {
    "cancelled": "The job is cancelled. Articles that it has stored stay.",
    "cancelling": "The job stops within about two seconds. Articles that it has stored stay.",
    "removed": "The record of the job is removed, with the files that were kept for a retry. Its articles stay.",
}


def job_routes(service: Service) -> ApiRoutes:
    api = ApiRoutes("jobs", __name__, abp_tags=[ARTICLES])

    @api.get("/v1/jobs", responses=responses(400, ok=JobListResponse), operation_id="list_jobs")
    def list_jobs(query: JobListQuery) -> Response:
        """List jobs, newest first."""
        page = service.jobs(collection=query.collection, state=query.state, limit=query.limit, after=query.after)
        return json_response(JobListResponse.of(page))

    @api.get("/v1/jobs/<job_id>", responses=responses(400, 404, ok=JobResponse), operation_id="get_job")
    def get_job(path: JobPath, query: NoQuery) -> Response:
        """See how far a job is, and what came of each file."""
        return json_response(JobResponse.of(service.job(path.job_id)))

    @api.delete("/v1/jobs/<job_id>", responses=responses(400, 404, ok=JobRemoved), operation_id="remove_job")
    def remove_job(path: JobPath, query: NoQuery) -> Response:
        """Cancel a job, or remove the record of one that is over. Articles that it has stored stay."""
        outcome, job = service.remove_job(path.job_id)
        says = SAYS["removed" if outcome == "removed" else job.state]
        return json_response(JobRemoved.of(job, outcome=outcome, message=says))

    @api.post(
        "/v1/jobs/<job_id>/retry",
        responses=responses(400, 404, 409, 413, 415, accepted=JobAccepted),
        openapi_extensions={"requestBody": RETRY_BODY},
        operation_id="retry_job",
    )
    def retry_job(path: JobPath) -> Response:
        """Read files of a job again in a new job: those that may pass, or with `all` each that it did not store.

        The body is optional. A file may pass if a limit of time or memory stopped it, if the job was cancelled or
        failed before it, or if it changed while it was read.
        """
        try:
            body = RetryBody.model_validate(request.get_json() if request.get_data() else {})
        except ValidationError as error:
            refuse_fields(error)
        return accepted(service.retry_job(path.job_id, all_skipped=body.all).job_id)

    return api


def accepted(job_id: str) -> Response:
    """The response to whoever submits a job."""
    response = json_response(JobAccepted(job_id=job_id), 202)
    response.headers["Location"] = f"/v1/jobs/{quote(job_id, safe='')}"
    return response
