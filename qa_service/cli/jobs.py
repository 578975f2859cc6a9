"""`qa-service jobs`: list, show, cancel and retry the jobs that ingest uploaded files."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import options
from qa_service.cli.ingest_report import show_unreadable, show_warnings
from qa_service.cli.progress import Progress
from qa_service.cli.show import printable

if TYPE_CHECKING:
    from qa_service.records import Job
    from qa_service.service import Service

__all__ = ["jobs"]

SECONDS_BETWEEN_LOOKS = 0.5
OVER = frozenset({"done", "failed", "cancelled"})
STATES = ("queued", "running", "cancelling", "done", "failed", "cancelled")


@click.group()
def jobs() -> None:
    """List, show, cancel and retry the jobs that ingest uploaded files.

    The commands work beside a running server.
    """


@jobs.command("list")
@click.option("--collection", metavar="NAME", help="Only jobs of this collection.  [default: all]")
@click.option("--state", type=click.Choice(STATES), help="Only jobs in this state.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Most jobs.")
@options.index
@options.as_json
def list_jobs(
    collection: str | None, state: str | None, limit: int, index: Path | None, config: Path | None, as_json: bool
) -> None:
    """List jobs, newest first."""
    with options.open_service(config, index=index) as service:
        page = service.jobs(collection=collection, state=state, limit=limit)
    if as_json:
        options.echo_json({"jobs": [_job_json(job) for job in page.jobs], "total": page.total})
        return
    for job in page.jobs:
        click.echo(_line(job))
    if page.total > len(page.jobs):
        click.echo(f"and {page.total - len(page.jobs)} more; --limit shows more of them", err=True)
    if not page.jobs:
        click.echo("There is no such job.")


@jobs.command("show")
@click.argument("job_id", help="As an upload or `jobs list` gives it.")
@options.index
@options.as_json
def show_job(job_id: str, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Show a job, and what came of each of its files."""
    with options.open_service(config, index=index) as service:
        job = service.job(job_id)
    if as_json:
        options.echo_json(_job_json(job))
        return
    click.echo(_line(job))
    for result in job.files:
        stored = f"  {options.counted(len(result.articles), 'article')}" if result.articles else ""
        click.echo(f"    {result.outcome:<9}  {printable(result.file)}{stored}")
    _show_end(job)


@jobs.command("cancel")
@click.argument("job_id", help="As an upload or `jobs list` gives it.")
@options.index
@options.as_json
def cancel_job(job_id: str, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Cancel a job. Articles that it has stored stay."""
    with options.open_service(config, index=index) as service:
        job = service.cancel_job(job_id)
    if as_json:
        options.echo_json(_job_json(job))
    else:
        click.echo(f"{_line(job)}\nArticles that the job has stored stay.")


@jobs.command("retry")
@click.argument("job_id", help="As an upload or `jobs list` gives it.")
@click.option("--all", "all_skipped", is_flag=True, help="Read all files again that the job did not store.")
@options.index
@options.as_json
@click.pass_context
def retry_job(
    ctx: click.Context, job_id: str, all_skipped: bool, index: Path | None, config: Path | None, as_json: bool
) -> None:
    """Read the files of a job that may succeed this time, in a new job, and wait for its end.

    A running server runs the new job; without one, this command does. Ctrl-C leaves the job queued.
    """
    with options.open_service(config, index=index) as service:
        job = service.retry_job(job_id, all_skipped=all_skipped)
        click.echo(f"job {job.job_id}", err=True)
        job = _at_its_end(service, job)
    if as_json:
        options.echo_json(_job_json(job))
    else:
        click.echo(_line(job))
        _show_end(job)
    if job.state != "done" or job.outcomes.get("skipped"):
        ctx.exit(1)


def _at_its_end(service: Service, job: Job) -> Job:
    from qa_service.records import IngestProgress

    began = time.monotonic()
    with Progress() as progress:
        while job.state not in OVER:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            job = service.job(job.job_id)
            progress(IngestProgress(job.done, job.total, job.passages, time.monotonic() - began, job.current))
    return job


def _line(job: Job) -> str:
    """`47a2…  2026-12-01 16:08 UTC  default  done  19 of 19 files (17 added, 2 skipped)`.

    An archive is one of the files that were given; the outcomes count the files in it.
    """
    submitted = datetime.fromtimestamp(job.submitted / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in job.outcomes.items())
    results = sum(job.outcomes.values())
    if results > job.total:
        outcomes = f"{results} with those in archives: {outcomes}"
    state = f"{job.state}, reading {printable(job.current)}" if job.current else job.state
    files = f"{job.done} of {options.counted(job.total, 'file')}" + (f" ({outcomes})" if outcomes else "")
    return f"{job.job_id}  {submitted}  {job.collection}  {state}  {files}"


def _show_end(job: Job) -> None:
    for warning in job.warnings:
        click.echo(f"warning {printable(warning)}")
    show_warnings(job.files)
    show_unreadable([result for result in job.files if result.outcome == "skipped"], "file")
    if job.error is not None:
        click.echo(f"failed: {printable(job.error)}")
    if job.retried_as is not None:
        click.echo(f"retried as job {job.retried_as}")
    elif job.retryable:
        click.echo(f"`qa-service jobs retry {job.job_id}` reads {options.counted(job.retryable, 'file')} again")


def _job_json(job: Job) -> dict[str, Any]:
    """The job with the names of the HTTP contract."""
    times = {
        name: None if value is None else datetime.fromtimestamp(value / 1e9, UTC).isoformat()
        for name, value in (("submitted", job.submitted), ("finished", job.finished))
    }
    return dataclasses.asdict(job) | times
