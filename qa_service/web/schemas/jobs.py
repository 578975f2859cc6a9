"""Requests and responses about jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from qa_service.options.field_types import CollectionName, FilterText, QueryInt
from qa_service.options.schema_base import RequestModel, ResponseModel
from qa_service.web.schemas.responses import AddedItem

__all__ = [
    "RETRY_BODY", "JobAccepted", "JobListQuery", "JobListResponse", "JobPath", "JobRemoved", "JobResponse", "RetryBody",
]  # fmt: skip


class JobPath(RequestModel):
    job_id: str


class JobListQuery(RequestModel):
    """One page of jobs, newest first."""

    collection: CollectionName | None = Field(None, description="Only jobs of this collection.")
    state: Literal["queued", "running", "cancelling", "done", "failed", "cancelled"] | None = Field(
        None, description="Only jobs in this state."
    )
    limit: QueryInt = Field(50, ge=1, le=200, description="Most jobs in one page.")
    after: FilterText | None = Field(None, description="`next_after` of the page before.")


class RetryBody(RequestModel):
    """Which files to read again."""

    all: bool = Field(
        False,
        strict=True,
        description="Read all files again that the job did not store, also those that will hardly pass.",
    )


RETRY_BODY: dict[str, Any] = {
    "required": False,
    "content": {"application/json": {"schema": RetryBody.model_json_schema()}},
}


def _moment(value: Any) -> Any:
    """Nanoseconds since 1970 as a time."""
    return datetime.fromtimestamp(value // 1000 / 1e6, UTC) if isinstance(value, int) else value


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]


class JobAccepted(ResponseModel):
    job_id: str


class FileItem(ResponseModel):
    file: str = Field(
        description="Its path in the upload. For a file in an archive: the archive's name, `/`, its path."
    )
    outcome: str = Field(
        description="`waiting` or `reading`; then `added`, `replaced`, `unchanged`, `skipped` or `cancelled`."
    )
    articles: list[AddedItem]
    reason: str | None = Field(description="The reason of `skipped`.")
    warnings: list[str] = Field(description="What is wrong in a file that was read all the same.")
    kind: str | None = Field(description="The format, such as `PDF`; null if it is not known.")
    retryable: bool = Field(description="Whether a retry may succeed: the reason of `skipped` may pass.")


class JobItem(ResponseModel):
    job_id: str
    kind: str
    collection: str
    state: str = Field(description="`queued`, `running`, `cancelling`, `done`, `failed` or `cancelled`.")
    done: int = Field(description="Files that are done.")
    total: int = Field(description="Files of the upload.")
    passages: int = Field(description="Passages that the job has stored.")
    current: str | None = Field(description="The file that is being read.")
    outcomes: dict[str, int] = Field(description="Number of files by outcome, when the job is over; empty before.")
    retryable: int = Field(description="Number of files that a retry would read again, when the job is over.")
    generation: int | None
    error: str | None = Field(description="The reason of a failure.")
    warnings: list[str] = Field(description="What is wrong in the upload itself.")
    submitted: Moment
    finished: Moment | None
    retry_of: str | None = Field(description="The job whose files this job reads again.")
    retried_as: str | None = Field(description="The job that reads files of this job again.")


class JobResponse(JobItem):
    """A job with what came of each file. Files of an archive are listed one by one when the archive is done."""

    files: list[FileItem]


class JobListResponse(ResponseModel):
    jobs: list[JobItem]
    total: int
    next_after: str | None = Field(description="Ask for the next page with `after=` this; null on the last page.")


class JobRemoved(ResponseModel):
    """What a DELETE did. In both cases the articles that the job has stored stay."""

    job_id: str
    outcome: str = Field(description="`cancelled`, or `removed` for a job that was over.")
    state: str = Field(description="`cancelling` while a file is being read; else `cancelled` or the state before.")
    done: int
    passages: int = Field(description="Passages that the job has stored. They stay.")
    message: str = Field(description="The same for people.")
