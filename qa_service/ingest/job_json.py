"""How a job and the results of its files are written as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from qa_service.records import AddedArticle, FileResult, Job

__all__ = ["job_of", "read_results", "results_json"]


def job_of(values: dict[str, Any]) -> Job:
    """The job that `asdict` made `values` of."""
    files, warnings = tuple(_result(f) for f in values["files"]), tuple(values.get("warnings", ()))
    return Job(**{**values, "submitted": int(values["submitted"]), "files": files, "warnings": warnings})


def results_json(results: Sequence[FileResult]) -> str:
    """The results of one given file as `read_results` reads them: one, or one for each file in an archive."""
    return json.dumps([asdict(result) for result in results])


def read_results(text: str) -> list[FileResult]:
    """The results that `results_json` wrote, or the one result that an older version wrote."""
    found = json.loads(text)
    return [_result(values) for values in (found if isinstance(found, list) else [found])]


def _result(values: dict[str, Any]) -> FileResult:
    articles = tuple(AddedArticle(**a) for a in values["articles"])
    return FileResult(**{**values, "articles": articles, "warnings": tuple(values.get("warnings", ()))})
