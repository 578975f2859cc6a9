"""How well disagreements are found: `python -m benchmarks.disagreements [--data FOLDER] [--ask]`.

Reads the labelled pairs of `tests/sets/disagreements.jsonl` (how they were made is in the README beside it) and prints
precision and recall with their counts and 95 % Wilson intervals, by group, part and kind. Pairs of
`multihoprag_facts500` are measured where `--data` names its folder; without it they are left out. `--ask` asks the
questions on the seeds, and with `--data` the first of that set, and prints every disagreement in the answers, to be
read, and what finding them costs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path

from qa_service.answering.differences import far_apart, find_differences
from qa_service.answering.disagreements import find_disagreements
from qa_service.answering.perspectives import find_perspectives
from qa_service.records import Question
from qa_service.service import Service
from qa_service.settings import Settings

__all__ = ["Pair", "load_pairs", "wilson"]

ROOT = Path(__file__).parents[1]
PAIRS = ROOT / "tests" / "sets" / "disagreements.jsonl"
SEEDS = ROOT / "seeds"
MOST_ASKED = 300


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences of different outlets, and what a reader says of them."""

    id: str
    group: str
    part: str
    label: str
    """`disagree`, `agree` or `unrelated`."""
    kind: str | None
    a: str
    b: str
    apart: bool
    """Published far apart."""

    @property
    def found(self) -> frozenset[str]:
        """The kinds of what the rules find."""
        return frozenset(difference.kind for difference in find_differences(self.a, self.b, self.apart))


def load_pairs(data: Path | None = None, path: Path = PAIRS) -> list[Pair]:
    """Those whose sentences are at hand; `data` holds the `corpus.jsonl` of multihoprag_facts500."""
    articles = _articles(data)
    days = {name: facts.get("published") for name, facts in _sources().items()}
    pairs: list[Pair] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["group"] == "multihoprag_facts500" and not articles:
            continue
        (a, first), (b, second) = (_side(row[side], articles, days) for side in ("a", "b"))
        facts = (row["id"], row["group"], row["part"], row["label"], row["kind"])
        pairs.append(Pair(*facts, a, b, far_apart(first, second)))
    return pairs


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, "Probable inference", JASA 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = share + z * z / (2 * total)
    reach = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _sources() -> Mapping[str, Mapping[str, date]]:
    return tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))


def _articles(data: Path | None) -> dict[str, tuple[str, date]]:
    if data is None:
        return {}
    rows = map(json.loads, (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["_id"]: (row["text"], date.fromisoformat(row["metadata"]["published_at"][:10])) for row in rows}


def _side(
    side: Mapping[str, object], articles: Mapping[str, tuple[str, date]], days: Mapping[str, date | None]
) -> tuple[str, date | None]:
    """The sentence and when it was published."""
    if "constructed" in side:
        return str(side["constructed"]), None
    if "source" in side:
        return str(side["text"]), days.get(str(side["source"]))
    text, day = articles[str(side["article_id"])]
    start, end = side["start"], side["end"]
    if not (isinstance(start, int) and isinstance(end, int)):
        raise TypeError(f"{side}: start and end must be numbers")
    return text[start:end], day


def _report(name: str, pairs: Sequence[Pair]) -> str:
    """Of the pairs for which something is found, those that disagree in that; of those that disagree, those found."""
    reported = [(pair, kind) for pair in pairs for kind in pair.found]
    right = sum(pair.label == "disagree" and pair.kind == kind for pair, kind in reported)
    disagree = sum(pair.label == "disagree" for pair in pairs)
    return f"{name:38} {len(pairs):5}  {_share(right, len(reported))}  {_share(right, disagree)}"


def _share(hits: int, total: int) -> str:
    if not total:
        return f"{'-':>29}"
    low, high = wilson(hits, total)
    return f"{hits / total:.3f} ({hits:3}/{total:3}) [{low:.3f}, {high:.3f}]"


def _ask(service: Service, questions: Iterable[str], name: str) -> None:
    costs: list[float] = []
    count = told = 0
    for question in questions:
        answer = service.ask(Question(question))
        start = time.perf_counter()
        found = find_disagreements(answer.passages)
        perspectives = find_perspectives(answer.passages)
        costs.append(1e3 * (time.perf_counter() - start))
        told += bool(perspectives)
        for one in found:
            count += 1
            print(f"  {one.kind}: {question}\n    {one.a.sentence.text}\n    {one.b.sentence.text}")
    costs.sort()
    p50, p95 = statistics.median(costs), costs[int(0.95 * len(costs))]
    print(
        f"{name}: {count} disagreements and {told} answers with perspectives in {len(costs)} questions; "
        f"{p50:.2f} ms at the median, {p95:.2f} at the 95th percentile"
    )


def _ask_all(data: Path | None) -> None:
    with tempfile.TemporaryDirectory() as index:
        service = Service.open(Settings(index=Path(index)))
        service.ingest([SEEDS])
        lines = (ROOT / "tests" / "sets" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
        _ask(service, [json.loads(line)["question"] for line in lines], "seeds")
        service.close()
    if data is not None:
        with tempfile.TemporaryDirectory() as index:
            service = Service.open(Settings(index=Path(index)))
            service.ingest_beir(data)
            lines = (data / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:MOST_ASKED]
            _ask(service, [json.loads(line)["text"] for line in lines], data.name)
            service.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="the folder multihoprag_facts500")
    parser.add_argument("--ask", action="store_true", help="ask questions and print the disagreements in the answers")
    options = parser.parse_args()
    pairs = load_pairs(options.data)
    print(f"{'':38} pairs  {'precision':29}  {'recall':29}")
    for group in dict.fromkeys(pair.group for pair in pairs):
        of_group = [pair for pair in pairs if pair.group == group]
        print(_report(group, of_group))
        for part in dict.fromkeys(pair.part for pair in of_group):
            print(_report(f"  {part}", [pair for pair in of_group if pair.part == part]))
    print(_report("all", pairs))
    for kind in ("number", "date", "negation", "cause", "other"):
        # a pair that does not disagree belongs to the kind that is wrongly found in it
        print(_report(f"  {kind}", [pair for pair in pairs if pair.kind == kind or kind in pair.found]))
    for pair in pairs:
        for kind in sorted(pair.found - ({pair.kind} if pair.label == "disagree" else set())):
            print(f"wrong: {pair.id} {kind}")
    if options.ask:
        _ask_all(options.data)


if __name__ == "__main__":
    main()
