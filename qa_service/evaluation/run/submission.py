"""A question set as somebody sends it to a server: written to disk, and checked whole before anything is promised."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.run.job_process import plain_words
from qa_service.evaluation.run.job_records import QRELS, SET, EvaluationJob, sync_folder
from qa_service.evaluation.run.set_check import Unchecked, check_beside
from qa_service.evaluation.sets.beir_archive import unpack_beir

if TYPE_CHECKING:
    from pydantic import BaseModel

    from qa_service.service import Service

__all__ = ["Submission", "as_lines", "stored_settings", "write_set"]

NOT_STORED = frozenset({"index", "api_key"})
"""The index is where the evaluation lies; the key is nothing that an evaluation needs."""
UNPACKED = 4
"""A set unpacks to so many times the largest upload at most."""
ARCHIVE = "archive"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Submission:
    """`name` and `content` of the set's file, plain names without folders; `qrels` is another such file.

    `overrides` are values of settings of ranking and answering, checked. `relevance` None takes the kind that the
    most questions have gold for.
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
    """JSON Lines of questions that came as a list: line n is the n-th, and what is wrong is named so."""
    return "".join(json.dumps(question) + "\n" for question in questions).encode()


def write_set(folder: Path, sent: Submission, service: Service) -> EvaluationJob:
    """Write the set into `folder`, durably, and describe its evaluation; the record's id and time are left open.

    Raises:
        InvalidInput: something is wrong with the set, or its evidence stands nowhere in the collection; the message
            names file, line and field.
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
        checked = check_beside(Unchecked(place, sent.format, qrels, sent.collection, service.settings))
        relevance = choose_kind(checked.gold, sent.relevance)
    except InvalidInput as error:
        message = error.message.replace(f"{folder / SET}{os.sep}", "").replace(f"{folder / QRELS}{os.sep}", "")
        raise InvalidInput(plain_words(message.replace(str(folder / SET), name)), param=error.param) from None
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for part in [path for path in folder.rglob("*") if path.is_dir()]:
        sync_folder(part)
    return EvaluationJob(
        evaluation_id="",
        name=Path(name).stem,
        path=os.path.relpath(place, folder / SET),
        format=checked.format,
        total=checked.total,
        relevance=relevance,
        collection=sent.collection,
        top_k=sent.top_k,
        overlap=sent.overlap,
        max_per_article=cap_for(relevance, sent.max_per_article),
        notes=tuple(unmeasured(checked.gold, relevance)),
        retriever=sent.retriever,
        qrels=None if sent.qrels is None else str(Path("..") / QRELS / sent.qrels[0]),
        overrides=tuple(sent.overrides),
        settings=service.settings.model_dump(mode="json", exclude=set(NOT_STORED)) | dict(sent.overrides),
    )


def stored_settings(job: EvaluationJob, service: Service) -> BaseModel:
    """Those that the evaluation was submitted under, on the index as it lies now.

    Raises:
        ValueError: they are none of this version of the program.
    """
    now = service.settings
    return type(now).model_validate({**job.settings, "index": now.index.absolute()})


def _written(folder: Path, sent: Submission, most_mb: int) -> tuple[Path, str]:
    """Where the set lies, and the name that errors call it by."""
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
