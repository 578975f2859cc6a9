"""What other rankings would give: nDCG@10 of each change against the ranking as it is served, with intervals.

    python -m benchmarks.variants FOLDER [--sets NAME ...] [--index DIR] [--questions N] [--write]

FOLDER holds sets in BEIR's layout, as for `benchmarks.retrieval`, whose `--index` can be used again. `--write` writes
the table into `docs/variants.md`: figures there come from nowhere else.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval_measure import code_sha256, note, sample
from benchmarks.retrieval_sets import Benchmark, choose
from benchmarks.retrieval_tables import END, publish
from benchmarks.variant_changes import CHANGES
from benchmarks.variant_ranking import Change, VariedRanker
from qa_service.errors import QAServiceError
from qa_service.evaluation.grade.bootstrap import bootstrap_interval
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.gold_kinds import has_gold
from qa_service.ranking.interpretation import interpret
from qa_service.ranking.query import prepare_query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.service import Service
from qa_service.settings import Settings, load_settings
from qa_service.storage.local.segment import hash64

__all__ = ["BEGIN", "Measured", "main", "measure", "ndcg", "table"]

PAGE = Path(__file__).parent.parent / "docs" / "variants.md"
BEGIN = "<!-- Written by `python -m benchmarks.variants FOLDER --write`; figures come from nowhere else. -->"
SETS = ("scifact", "squadshifts_new_wiki", "time", "multihoprag_facts500", "squad2_sample500", "xquad/en")
MOST_QUESTIONS = 1500
AS_SERVED = Change("as it is served")
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """nDCG@10 of the questions of one set, as it is served and under each change, by name."""

    set: str
    served: list[float]
    changed: Mapping[str, list[float]]


def ndcg(articles: Iterable[int], grades: Mapping[int, int]) -> float:
    """nDCG@10 of a ranking of passages, given by their articles, best first: an article stands where its best passage
    stands (Järvelin & Kekäläinen, TOIS 2002, as trec_eval has it: the gain is the grade). Some grade is above 0."""
    found = [grades.get(article, 0) for article in list(dict.fromkeys(articles))[:DEPTH]]
    ideal = sorted(grades.values(), reverse=True)[:DEPTH]
    return _gain(found) / _gain(ideal)


def _gain(grades: Sequence[int]) -> float:
    return math.fsum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def measure(
    benchmark: Benchmark, root: Path, settings: Settings, most: int, changes: Sequence[Change] = CHANGES
) -> Measured:
    """
    Args:
        settings: with an `index` in which the set's collection is, or is built.
        most: ask so many questions, a seeded sample of them where there are more; 0 for all.

    Raises:
        QAServiceError: the set is not what it should be.
    """
    folder = root / benchmark.folder
    questions = open_questions(folder, format="beir")
    asked = sample([question for question in questions if has_gold(question, "article")], most)
    everything = (AS_SERVED, *changes)
    found: dict[str, list[float]] = {change.name: [] for change in everything}
    with closing(Service.open(settings)) as service:
        service.ingest_beir(folder, benchmark.collection)
        collection = service.collection(benchmark.collection)
        snapshot = collection.snapshot
        for number, question in enumerate(asked, 1):
            named = interpret(question.question, snapshot.info, snapshot.days)
            query = prepare_query(question.question, snapshot, service.embedder, named)
            ranker = VariedRanker(query, snapshot, TokenSignReader(collection.catalogue, snapshot))
            grades = {hash64(article): grade for article, grade in question.articles.items()}
            for change in everything:
                rows = ranker.order(change, settings)
                found[change.name].append(ndcg(snapshot.column("article_id", rows).tolist(), grades))
            if number % 100 == 0 or number == len(asked):
                note(f"{benchmark.name}: {number} of {len(asked)} questions asked")
    return Measured(benchmark.name, found.pop(AS_SERVED.name), found)


def table(measured: Sequence[Measured], code: str) -> str:
    """A line a change, a column a set, the mean over sets last; bold where a difference's interval leaves out 0."""
    names = [f"`{one.set}` ({len(one.served)})" for one in measured]
    lines = ["| ranking | " + " | ".join([*names, "mean"]) + " |", "|" + "---|" * (len(names) + 2)]
    served = [math.fsum(one.served) / len(one.served) for one in measured]
    lines.append(f"| {AS_SERVED.name} | " + " | ".join(map(_plain, [*served, _mean(served)])) + " |")
    for name in measured[0].changed:
        means, cells = [], []
        for one in measured:
            pairs = zip(one.served, one.changed[name], strict=True)
            mean, low, high = bootstrap_interval([after - before for before, after in pairs])
            means.append(mean)
            text = f"{_signed(mean)} ({_signed(low)} to {_signed(high)})"
            cells.append(f"**{text}**" if low > 0 or high < 0 else text)
        lines.append(f"| {name} | " + " | ".join([*cells, _signed(_mean(means), 4)]) + " |")
    return "\n".join([*lines, "", f"Code (SHA-256): `{code[:12]}`."]) + "\n"


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _plain(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _signed(value: float, digits: int = 3) -> str:
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}".replace("0.", ".", 1) if rounded else "0"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.variants", description="What other rankings would give, on BEIR folders."
    )
    parser.add_argument("folder", type=Path, help="the folder that holds the sets")
    parser.add_argument("--sets", nargs="+", default=SETS, metavar="NAME", help=f"default: {' '.join(SETS)}")
    parser.add_argument("--index", type=Path, help="where collections are kept, and found again by the next run")
    parser.add_argument(
        "--questions", type=int, default=MOST_QUESTIONS, metavar="N", help="of a larger set a seeded sample; 0: all"
    )
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    parser.add_argument("--page", type=Path, default=PAGE, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.questions < 0:
        parser.error("--questions must be 0 or more")
    code = code_sha256()
    try:
        chosen = choose(given.folder, given.sets)
        with tempfile.TemporaryDirectory(prefix="qa-variants-") as spare:
            index = given.index or Path(spare)
            measured = [measure(one, given.folder, _settings(index, one.chunking), given.questions) for one in chosen]
    except ValueError as error:
        parser.error(str(error))
    except QAServiceError as error:
        note(f"error: {error}")
        return 1
    publish(table(measured, code), given.page if given.write else None, BEGIN, END)
    return 0


def _settings(index: Path, chunking: str) -> Settings:
    return load_settings({"index": index / chunking, "chunking": chunking})


if __name__ == "__main__":
    sys.exit(main())
