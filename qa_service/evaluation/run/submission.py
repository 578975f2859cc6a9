"""A question set that someone sends to a server: written to disk and checked completely before it is accepted."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.run.evaluation_job import QRELS, SET, EvaluationJob
from qa_service.evaluation.run.job_process import plain_words
from qa_service.evaluation.run.set_check import SetToCheck, check_beside
from qa_service.evaluation.sets.beir_archive import unpack_beir

if TYPE_CHECKING:
    from pydantic import BaseModel

    from qa_service.service import Service

__all__ = ["Submission", "as_lines", "stored_settings", "write_set"]

NOT_STORED = frozenset({"index", "api_key"})
"""The evaluation lies in the index itself, and it needs no key."""
UNPACKED = 4
"""Largest size of an unpacked set, as a multiple of the largest upload."""
ARCHIVE = "archive"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Submission:
    """A question set and how it is to be evaluated.

    `name` and `content` are those of its file, the name without folders; `qrels` is another such file. `overrides` are
    checked settings of ranking and answering. `relevance` None: the kind for which most questions have gold.
    """

    name: str
    content: bytes
    qrels: tuple[str, bytes] | None = None
    format: str | None = None
    collection: str = "default"
    top_k: int = 10
    relevance: str | None = None
    overlap: float = 1.0
    max_per_article: int | None = None
    retriever: str = "hybrid"
    overrides: Mapping[str, Any] = field(default_factory=dict)


def as_lines(questions: Sequence[object]) -> bytes:
    """JSON Lines of a list of questions: line n holds question n, and messages name the line."""
    return "".join(json.dumps(question) + "\n" for question in questions).encode()


def write_set(folder: Path, sent: Submission, service: Service) -> EvaluationJob:
    """Write the set into `folder` and return the record of its evaluation, without id and time.

    Raises:
        InvalidInput: the set is wrong, or its evidence is not in the collection; the message names file, line and
            field.
    """
    from qa_service.evaluation.sets.gold_kinds import cap_for, choose_kind, unmeasured

    (folder / SET).mkdir(parents=True)
    place, name = _written(folder, sent, service.settings.max_upload_mb * UNPACKED)
    qrels = None
    if sent.qrels is not None:
        (folder / QRELS).mkdir()
        qrels = folder / QRELS / sent.qrels[0]
        qrels.write_bytes(sent.qrels[1])
    try:
        checked = check_beside(SetToCheck(place, sent.format, qrels, sent.collection, service.settings))
        relevance = choose_kind(checked.gold, sent.relevance)
    except InvalidInput as error:
        message = error.message.replace(f"{folder / SET}{os.sep}", "").replace(f"{folder / QRELS}{os.sep}", "")
        raise InvalidInput(plain_words(message.replace(str(folder / SET), name)), param=error.param) from None
    return EvaluationJob(
        evaluation_id="",
        name=Path(name).stem,
        path=os.path.relpath(place, folder / SET),
        format=checked.format,
        total=checked.total,
        relevance=relevance,
        **{name: getattr(sent, name) for name in ("collection", "top_k", "overlap", "retriever")},
        max_per_article=cap_for(relevance, sent.max_per_article),
        notes=tuple(unmeasured(checked.gold, relevance)),
        qrels=None if sent.qrels is None else str(Path("..") / QRELS / sent.qrels[0]),
        overrides=tuple(sent.overrides),
        settings=service.settings.model_dump(mode="json", exclude=set(NOT_STORED)) | dict(sent.overrides),
    )


def stored_settings(job: EvaluationJob, service: Service) -> BaseModel:
    """The settings under which the evaluation was submitted, with the present path of the index.

    Raises:
        ValueError: this version of the program has no such settings.
    """
    now = service.settings
    return type(now).model_validate({**job.settings, "index": now.index.absolute()})


def _written(folder: Path, sent: Submission, most_mb: int) -> tuple[Path, str]:
    """The path of the set, and its name in messages."""
    if not sent.content.startswith(ZIP):
        place = folder / SET / sent.name
        place.write_bytes(sent.content)
        return place, sent.name
    if sent.format not in (None, "beir"):
        raise InvalidInput(f"format: a zip archive is a BEIR folder, not {sent.format}. Leave it out.", param="format")
    archive = folder / ARCHIVE / sent.name
    archive.parent.mkdir()
    archive.write_bytes(sent.content)
    place = folder / SET / (Path(sent.name).stem.strip(".") or "set")  # the set is named after the archive
    unpack_beir(archive, place, most_bytes=most_mb << 20)
    shutil.rmtree(archive.parent)
    return place, sent.name
