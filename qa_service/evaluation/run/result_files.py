"""The files of a finished evaluation, made from its journal line by line.

`per_question.jsonl` holds the result of each question, `passages.jsonl` each returned passage once, `run.trec` the
ranking for TREC tools, `timings.csv` the time of each question. Apart from it, only `summary.json` (`times`) and
`manifest.json` (`started`, `finished`) differ between two equal runs.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from qa_service.evaluation.grade.grading import Graded
from qa_service.evaluation.grade.summary import rounded
from qa_service.evaluation.run.resume import canonical
from qa_service.evaluation.sets.evaluation_question import Asked, Span
from qa_service.evaluation.sets.qrels import trec_id
from qa_service.files.atomic import replacing
from qa_service.records import RankedPassage

__all__ = ["journal_line", "write_files"]

TAG = "qa-service"


def journal_line(
    asked: Asked,
    graded: Graded,
    measures: Mapping[str, float],
    *,
    relevance: str,
    spans: Sequence[Span],
    gold_passages: Mapping[str, int],
    failure: Mapping[str, Any] | None,
    citations: tuple[int, int],
    fresh: Collection[int],
    seconds: float,
) -> dict[str, Any]:
    """The journal line of a question. `record` is its line in `per_question.jsonl`. `passages` are the new passages,
    whose ids, read as numbers, are in `fresh`. `seconds` is the time of all questions so far."""
    question, answer, told = asked.question, asked.answer, asked.answer.answer
    record = {
        "id": question.id,
        "question": question.question,
        "tags": list(question.tags),
        "language": question.language,
        "answerable": question.answerable,
        "relevance": relevance,
        "declined": not answer.answerable,
        "confidence": answer.confidence,
        "answer": None if told is None else told.text,
        "span": None if told is None or told.span is None else told.span.text,
        "answer_right": graded.right,
        "gold": {
            "articles": dict(question.articles),
            "passages": dict(gold_passages or question.passages),
            "evidence": [{"article_id": span.article_id, "start": span.start, "end": span.end} for span in spans],
            "answers": list(question.answers),
        },
        "measures": dict(measures),
        "failure": failure,
        "first_relevant": graded.first_relevant if measures else None,
        "passages": [_placed(ranked, grade) for ranked, grade in zip(answer.passages, graded.grades, strict=True)],
        "citations": {"checked": citations[0], "valid": citations[1]},
    }
    return {
        "record": rounded(record),
        "run": list(graded.run.items()),
        "passages": [_whole(ranked) for ranked in answer.passages if int(ranked.passage.passage_id, 16) in fresh],
        "took_ms": asked.took_ms,
        "seconds": seconds,
    }


def write_files(lines: Iterable[Mapping[str, Any]], out: Path) -> None:
    """Write the four files that have a line per question or passage; each is complete or not there at all."""
    names = ("per_question.jsonl", "passages.jsonl", "run.trec", "timings.csv")
    with ExitStack() as stack:
        records, passages, run, timings = [stack.enter_context(replacing(out / name)) for name in names]
        times = csv.writer(timings, lineterminator="\n")
        times.writerow(["id", "took_ms"])
        for line in lines:
            record = line["record"]
            records.write(canonical(record) + "\n")
            passages.writelines(canonical(passage) + "\n" for passage in line["passages"])
            run.writelines(_trec_lines(record["id"], line["run"]))
            times.writerow([record["id"], f"{line['took_ms']:.3f}"])


def _placed(ranked: RankedPassage, grade: int) -> dict[str, Any]:
    return {
        "rank": ranked.rank,
        "passage_id": ranked.passage.passage_id,
        "article_id": ranked.passage.article_id,
        "score": ranked.score,
        "grade": grade,
        "evidence": [[evidence.start, evidence.end] for evidence in ranked.evidence],
    }


def _whole(ranked: RankedPassage) -> dict[str, Any]:
    passage, citation = ranked.passage, ranked.citation
    return {
        "passage_id": passage.passage_id,
        "article_id": passage.article_id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "title": citation.meta.title,
        "outlet": citation.meta.outlet,
        "published": None if citation.meta.published is None else citation.meta.published.isoformat(),
        "language": citation.meta.language,
        "source": citation.meta.source,
    }


def _trec_lines(question_id: str, run: Sequence[tuple[str, float]]) -> Iterator[str]:
    """`qid Q0 docid rank score tag`; scores fall strictly, because TREC tools order by score, not by rank."""
    for rank, (document, score) in enumerate(run, 1):
        yield f"{trec_id(question_id)} Q0 {trec_id(document)} {rank} {score:g} {TAG}\n"
