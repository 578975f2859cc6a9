"""How well the check of a model's sentences does: `python -m benchmarks.support`.

Reads the sentences of `tests/sets/support.jsonl` (how they were made is in the README beside it) and prints, for each
half, how many of the sentences that pass a reader keeps (precision), how many of those that a reader keeps pass
(recall), with counts and 95 % Wilson intervals, and how many have the reader's citations; then each mistake.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.disagreements import wilson
from qa_service.chat.checking import Checked, Passages
from qa_service.chat.written import read_written
from qa_service.records import Answer, Citation, CollectionInfo, Passage, RankedPassage

__all__ = ["Sentence", "load_sentences"]

ROOT = Path(__file__).parents[1]
SET = ROOT / "tests" / "sets" / "support.jsonl"
SEEDS = ROOT / "seeds"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a model might write, the passages it had, and the citations that a reader leaves it: none drops it."""

    id: str
    half: str
    kind: str
    text: str
    passages: tuple[RankedPassage, ...]
    kept: tuple[int, ...]

    @property
    def found(self) -> tuple[int, ...]:
        """The citations that the check leaves it."""
        info = CollectionInfo("default", 1, "0", 0, 0, (), (), ("en",), None, None)
        checked = Passages(Answer("", True, 1.0, None, self.passages, info)).check(read_written(self.text))
        return checked.citations if isinstance(checked, Checked) else ()


def load_sentences(path: Path = SET) -> list[Sentence]:
    facts = tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    places = {row["passage"]: row for row in rows if "passage" in row}
    return [
        Sentence(
            row["id"],
            row["half"],
            row["kind"],
            row["sentence"],
            tuple(_passage(i, places[name], facts) for i, name in enumerate(row["passages"], 1)),
            tuple(row["kept"]),
        )
        for row in rows
        if "passage" not in row
    ]


def _passage(number: int, place: dict[str, str], facts: dict[str, dict[str, Any]]) -> RankedPassage:
    whole = (SEEDS / place["source"]).read_text(encoding="utf-8")
    start = whole.index(place["from"])
    end = whole.index(place["to"], start) + len(place["to"])
    own = facts[place["source"]]
    citation = Citation(
        number, place["source"], own.get("title"), own.get("outlet"), own.get("author"), own.get("published"), "en",
        None, place["source"], start, end, "0" * 64, None,
    )  # fmt: skip
    passage = Passage(f"{number:016x}", place["source"], start, end, whole[start:end], 1)
    return RankedPassage(number, passage, 1.0, None, None, (), citation)


def _report(name: str, sentences: Sequence[Sentence]) -> str:
    passed = [one for one in sentences if one.found]
    kept = [one for one in sentences if one.kept]
    right = sum(bool(one.kept) for one in passed)
    cited = sum(one.found == one.kept for one in passed if one.kept)
    return (
        f"{name:12} {len(sentences):9}  {_share(right, len(passed))}  {_share(right, len(kept))}  {cited:3}/{right:3}"
    )


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{hits / max(1, total):.3f} ({hits:3}/{total:3}) [{low:.3f}, {high:.3f}]"


def main() -> None:
    sentences = load_sentences()
    print(f"{'':12} sentences  {'precision':29}  {'recall':29}  citations right")
    for half in dict.fromkeys(one.half for one in sentences):
        print(_report(half, [one for one in sentences if one.half == half]))
    print(_report("all", sentences))
    for one in sentences:
        if one.found != one.kept:
            print(f"{one.id} ({one.half}, {one.kind}): a reader keeps {list(one.kept)}, the check {list(one.found)}")


if __name__ == "__main__":
    main()
