"""How a job and the results of its files are written as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from qa_service.records import AddedArticle, FileResult, Job

__all__ = ["job_of", "read_result", "result_json"]


def job_of(values: dict[str, Any]) -> Job:
    """The job that `asdict` made `values` of."""
    return Job(**{**values, "submitted": int(values["submitted"]), "files": tuple(_result(f) for f in values["files"])})


def result_json(result: FileResult) -> str:
    """The result as `read_result` reads it."""
    return json.dumps(asdict(result))


def read_result(text: str) -> FileResult:
    """The result that `result_json` wrote."""
    return _result(json.loads(text))


def _result(values: dict[str, Any]) -> FileResult:
    articles = tuple(AddedArticle(**a) for a in values["articles"])
    return FileResult(values["file"], values["outcome"], articles, values["reason"], tuple(values.get("warnings", ())))
