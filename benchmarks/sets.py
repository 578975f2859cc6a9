"""What is ingested and asked: the seeds with their questions, or a folder in BEIR's layout."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qa_service.parsing import read_beir
from qa_service.records import IngestReport
from qa_service.service import Service

__all__ = ["QuestionSet", "beir", "seeds"]

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`ingest` puts the articles into a service's default collection."""

    name: str
    questions: tuple[str, ...]
    ingest: Callable[[Service], IngestReport]


def seeds(most: int) -> QuestionSet:
    questions = _field(ROOT / "tests" / "sets" / "seeds.jsonl", "question", most)
    return QuestionSet("seeds", questions, lambda service: service.ingest([ROOT / "seeds"]))


def beir(folder: Path, most: int) -> QuestionSet:
    questions = _field(folder / "queries.jsonl", "text", most)
    return QuestionSet(folder.name, questions, lambda service: service.ingest_drafts(read_beir(folder)))


def _field(file: Path, name: str, most: int) -> tuple[str, ...]:
    with file.open(encoding="utf-8") as lines:
        return tuple(str(json.loads(line)[name]) for line in islice((line for line in lines if line.strip()), most))
