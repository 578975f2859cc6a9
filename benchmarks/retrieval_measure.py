"""Measures one set: builds or opens its collection and asks its questions under every stage."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Any

import qa_service
from benchmarks.retrieval_sets import Benchmark
from benchmarks.retrieval_stages import MEASURES, NAMED, STAGES, measure_stages
from benchmarks.retrieval_tables import steps_of
from benchmarks.shared import note
from qa_service.errors import QAServiceError
from qa_service.evaluation.grade.bootstrap import bootstrap_intervals
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import has_gold
from qa_service.files.checksums import sha256_of
from qa_service.records import IngestProgress, IngestReport
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit

PROGRAM = Path(qa_service.__file__).parent
SEED = 0
SECONDS_BETWEEN_NOTES = 20


def measure(benchmark: Benchmark, root: Path, settings: Settings, most: int, code: str) -> dict[str, Any]:
    """All figures of one set, as JSON values.

    Args:
        settings: with an `index` for the chunking of this benchmark.
        most: number of questions to ask, a seeded sample; 0 for all.
        code: `code_sha256()` at the start of this process.

    Raises:
        QAServiceError: the set is not valid, or the collection has other articles.
    """
    folder, name = root / benchmark.folder, benchmark.collection
    questions = open_questions(folder, format="beir")
    with closing(Service.open(settings)) as service:
        report = _ingest(service, folder, name)
        info = service.status(name)
        if info.articles != len(report.files) - report.count("skipped"):
            raise QAServiceError(
                f"Collection {name!r} in {settings.index} holds {info.articles} articles, {folder} has "
                f"{len(report.files)}: give another --index."
            )
        judged = [question for question in questions if has_gold(question, "article")]
        asked = sample(judged, most)
        began = time.monotonic()
        figures, naming = measure_stages(
            service, asked, name, lambda done: note(f"{benchmark.name}: {done} of {len(asked)} questions asked")
        )
        cut = _cut_short(service, name) if benchmark.chunking == "whole" else 0
        note(f"{benchmark.name}: {time.monotonic() - began:.0f} s")
        model = service.embedder.model_id
    columns = {f"{stage}\t{name}": figures[stage][name] for stage in STAGES for name in MEASURES}
    intervals = bootstrap_intervals(columns, SEED)
    return {
        "set": benchmark.name,
        "note": benchmark.note,
        "chunking": benchmark.chunking,
        "articles": info.articles,
        "passages": info.passages,
        "articles_cut_short": cut,
        "fingerprint": info.fingerprint,
        "questions": len(asked),
        "questions_judged": len(judged),
        "questions_naming": naming,
        "question_set_sha256": questions.sha256,
        "model": model,
        "code": code,
        "settings": _ranking_settings(settings),
        "stages": {
            stage: {name: _rounded(*intervals[f"{stage}\t{name}"]) for name in MEASURES}
            for stage in STAGES
            if stage != NAMED or naming
        },
        "steps": steps_of(figures, with_named=naming > 0),
        "published": {stage: asdict(figure) for stage, figure in benchmark.published.items()},
    }


def sample(questions: Sequence[EvaluationQuestion], most: int) -> list[EvaluationQuestion]:
    """A seeded sample of at most `most` questions, in their order; all for 0."""
    if not most or len(questions) <= most:
        return list(questions)
    return [questions[at] for at in sorted(random.Random(SEED).sample(range(len(questions)), most))]


def code_sha256(root: Path = PROGRAM) -> str:
    """SHA-256 of the package's modules, to see whether all rows of a table come from the same code."""
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(bytes.fromhex(sha256_of(file)))
    return digest.hexdigest()


def _ingest(service: Service, folder: Path, collection: str) -> IngestReport:
    """Ingest a BEIR folder. Articles that the collection has already cost little."""
    said = 0.0

    def progress(done: IngestProgress) -> None:
        nonlocal said
        if done.seconds - said > SECONDS_BETWEEN_NOTES:
            said = done.seconds
            note(f"{collection}: {done.done_files} of {done.total_files} articles, {done.passages} passages")

    return service.ingest_beir(folder, collection, progress)


def _cut_short(service: Service, collection: str) -> int:
    """Number of articles that are longer, title included, than the model reads."""
    count, most = service.embedder.count_pieces, service.embedder.max_pieces
    longer, after = 0, None
    while True:
        page = service.articles(collection, limit=500, after=after)
        for summary in page.articles:
            article = service.article(summary.article_id, collection)
            title = cut_title(article.meta.title, count, title_limit(most))
            longer += count(embedded_text(title, article.text)[0]) > most
        after = page.next_after
        if after is None:
            return longer


def _ranking_settings(settings: Settings) -> dict[str, Any]:
    values = settings.model_dump(mode="json", exclude={"index", "model"})
    return dict(takewhile(lambda pair: pair[0] != "answerable_threshold", values.items()))


def _rounded(mean: float, low: float, high: float) -> dict[str, float]:
    return {"mean": round(mean, 6), "low": round(low, 6), "high": round(high, 6)}
