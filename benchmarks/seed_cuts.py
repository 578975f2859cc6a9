"""How often the first passage is right when the seed articles are cut elsewhere: `python -m benchmarks.seed_cuts`.

    python -m benchmarks.seed_cuts [--served] [--write]

With few articles it is partly chance which sentences share a passage: one cutting says little of a ranking. The seeds
are ingested in fifteen ways that differ by a few word pieces or a sentence of overlap, and every answerable question is
asked of each. The changes of `benchmarks.variant_changes` are measured on the same cuttings, before parts and copies;
`--served` leaves them out. `--write` writes the table into `docs/variants.md`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean

from benchmarks.retrieval_measure import code_sha256, note
from benchmarks.retrieval_tables import publish
from benchmarks.seed_questions import SEEDS
from benchmarks.variant_changes import CHANGES
from benchmarks.variant_ranking import Change, VariedRanker
from qa_service.evaluation.grade.bootstrap import bootstrap_interval
from qa_service.ranking.interpretation import interpret
from qa_service.ranking.query import prepare_query
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings
from tests.seed_set import SeedQuestion, first_right, load

__all__ = ["BEGIN", "CUTTINGS", "END", "Cutting", "by_question", "main", "measure", "table"]

PAGE = Path(__file__).parent.parent / "docs" / "variants.md"
BEGIN = "<!-- Written by `python -m benchmarks.seed_cuts --write`; figures come from nowhere else. -->"
END = "<!-- Until here: seed cuts. -->"
CUTTINGS = tuple(product((256, 250, 244, 238, 232), (1, 2, 3)))
"""`max_word_pieces` and `overlap_sentences`. What is served is (256, 2)."""
DEFAULT = "default"
"""The collection that articles go to where none is named."""
AS_SERVED = Change("as it is served")


@dataclass(frozen=True, slots=True)
class Cutting:
    """Of each question, whether the first passage is right: by the service itself, and by each change's name."""

    word_pieces: int
    overlap: int
    service: list[bool]
    changed: Mapping[str, list[bool]]


def measure(
    questions: Sequence[SeedQuestion], word_pieces: int, overlap: int, changes: Sequence[Change] = CHANGES
) -> Cutting:
    with tempfile.TemporaryDirectory(prefix="qa-cuts-") as index:
        settings = Settings(index=Path(index), max_word_pieces=word_pieces, overlap_sentences=overlap)
        with closing(Service.open(settings)) as service:
            service.ingest([SEEDS])
            asked = [service.ask(Question(one.question, top_k=1)).passages for one in questions]
            by_service = [
                _is_right(one, [p.passage.text for p in found]) for one, found in zip(questions, asked, strict=True)
            ]
            changed: dict[str, list[bool]] = {change.name: [] for change in changes}
            collection = service.collection(DEFAULT)
            snapshot = collection.snapshot
            for one in questions:
                named = interpret(one.question, snapshot.info, snapshot.days)
                query = prepare_query(one.question, snapshot, service.embedder, named)
                signs = TokenSignReader(collection.catalogue, snapshot)
                ranker = VariedRanker(query, snapshot, signs)
                for change in changes:
                    passages = signs.read_passages(ranker.order(change, settings)[:1])
                    changed[change.name].append(_is_right(one, [passage.text for passage, _ in passages]))
    return Cutting(word_pieces, overlap, by_service, changed)


def _is_right(question: SeedQuestion, texts: Sequence[str]) -> bool:
    return first_right(question, texts[:1]) == 1


def table(cuttings: Sequence[Cutting], code: str) -> str:
    """The service's share by cutting; then a line a change, mean differences of each question's share of cuttings."""
    overlaps = sorted({one.overlap for one in cuttings})
    shares = {(one.word_pieces, one.overlap): fmean(one.service) for one in cuttings}
    lines = ["| most word pieces | " + " | ".join(f"overlap {overlap}" for overlap in overlaps) + " |"]
    lines.append("|" + "---|" * (len(overlaps) + 1))
    for pieces in sorted({one.word_pieces for one in cuttings}, reverse=True):
        lines.append(f"| {pieces} | " + " | ".join(_share(shares[pieces, overlap]) for overlap in overlaps) + " |")
    mean, low, high = bootstrap_interval(by_question([one.service for one in cuttings]))
    lines += ["", f"Mean {_share(mean)}, over questions {_share(low)} to {_share(high)} (95 %)."]
    names = list(cuttings[0].changed)
    if names:
        lines += ["", "| ranking | right passage first, mean over cuttings |", "|---|---|"]
        served = by_question([one.changed[names[0]] for one in cuttings])
        lines.append(f"| {names[0]} | {_share(fmean(served))} |")
        for name in names[1:]:
            values = by_question([one.changed[name] for one in cuttings])
            mean, low, high = bootstrap_interval([after - before for after, before in zip(values, served, strict=True)])
            text = f"{_signed(mean)} ({_signed(low)} to {_signed(high)})"
            lines.append(f"| {name} | {f'**{text}**' if low > 0 or high < 0 else text} |")
    return "\n".join([*lines, "", f"Code (SHA-256): `{code[:12]}`."]) + "\n"


def by_question(right: Sequence[Sequence[bool]]) -> list[float]:
    """The share of cuttings in which each question's first passage is right."""
    return [fmean(of_one) for of_one in zip(*right, strict=True)]


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _signed(value: float) -> str:
    rounded = round(value, 3)
    return f"{rounded:+.3f}".replace("0.", ".", 1) if rounded else "0"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.seed_cuts", description="The seed questions when the articles are cut elsewhere."
    )
    parser.add_argument("--served", action="store_true", help="only the ranking as it is served")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE.name}")
    given = parser.parse_args(arguments)
    if given.served and given.write:
        parser.error("--write needs the changes: leave out --served")
    questions = [one for one in load() if one.answerable]
    code, cuttings = code_sha256(), []
    for pieces, overlap in CUTTINGS:
        cuttings.append(measure(questions, pieces, overlap, () if given.served else (AS_SERVED, *CHANGES)))
        note(f"{pieces} word pieces, overlap {overlap}: {fmean(cuttings[-1].service):.3f}")
    publish(table(cuttings, code), PAGE if given.write else None, BEGIN, END)
    return 0


if __name__ == "__main__":
    sys.exit(main())
