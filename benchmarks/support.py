"""Measure the check of a model's sentences: `python -m benchmarks.support`.

`tests/sets/support.jsonl` has sentences with a reader's verdict; the README beside it says how they were made. For each
half the command prints precision (share of passed sentences that the reader keeps), recall (share of kept sentences
that pass) with 95 % Wilson intervals, and the number of right citations. Then it prints each mistake. Last it prints
how many sentences of the seed articles pass unchanged, and with one change by a rule.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.shared import SEEDS, SETS, json_lines
from qa_service.chat.checking import CheckedSentence, Passages
from qa_service.chat.written import read_written
from qa_service.evaluation.report.plots import wilson
from qa_service.records import Answer, ArticleMeta, Citation, CollectionInfo, Passage, RankedPassage
from qa_service.text.basic.sentences import split_sentences

SET = SETS / "support.jsonl"
INFO = CollectionInfo("default", 1, "0", 0, 0, (), (), ("en",), None, None)
STEP = 6
SHORTEST, LONGEST = 40, 500
"""Characters of the article sentences that are tried. A shorter sentence is mostly boilerplate."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A model's sentence, its passages, and the citations that the reader keeps; without any the reader drops it."""

    id: str
    half: str
    kind: str
    text: str
    passages: tuple[RankedPassage, ...]
    kept: tuple[int, ...]

    @property
    def found(self) -> tuple[int, ...]:
        """The citations that the check keeps."""
        checked = Passages(Answer("", True, 1.0, None, self.passages, INFO)).check(read_written(self.text))
        return checked.citations if isinstance(checked, CheckedSentence) else ()


def load_sentences(path: Path = SET) -> list[Sentence]:
    facts = tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))
    rows = list(json_lines(path))
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
    known: dict[str, Any] = {name: own.get(name) for name in ("title", "outlet", "author", "published")}
    meta = ArticleMeta(**known, language="en", source=place["source"])
    citation = Citation(number, place["source"], meta, start, end, "0" * 64)
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
    low, high = wilson(hits / max(1, total), total)
    return f"{hits / max(1, total):.3f} ({hits:3}/{total:3}) [{low:.3f}, {high:.3f}]"


def _answer(text: str) -> Answer:
    citation = Citation(1, "a", ArticleMeta(language="en", source="a"), 0, len(text), "0" * 64)
    passage = RankedPassage(1, Passage("0" * 16, "a", 0, len(text), text, 1), 1.0, None, None, (), citation)
    return Answer("", True, 1.0, None, (passage,), INFO)


def _changed(kind: str, text: str) -> Iterator[str]:
    """Every change of this kind to the sentence. A changed sentence says what the article does not."""
    if kind == "a number changed":
        for found in re.finditer(r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|ten|eleven|twelve)\b", text):
            other = str(int(re.sub(r"\D", "", found[0])) + 1) if found[0][0].isdigit() else "nine"
            yield text[: found.start()] + other + text[found.end() :]
    elif kind == "a name changed":
        for found in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}", text):
            yield f"{text[: found.start()]}Lombardi{text[found.end() :]}"
    elif kind == "a denial added":
        for found in re.finditer(r"\b(?:is|are|was|were|has|have|will)\b(?! not\b)", text):
            yield f"{text[: found.end()]} not{text[found.end() :]}"
    else:
        for found in re.finditer(r"\b(?:not|never) ", text):
            yield text[: found.start()] + text[found.end() :]


def _report_changes() -> None:
    """Print how many article sentences pass, unchanged and with one change, against eight sentences around them."""
    kinds = ("a number changed", "a name changed", "a denial added", "a denial taken away")
    passed, tried = Counter[str](), Counter[str]()
    leaks: list[str] = []
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        spans = split_sentences(text)
        for at in range(0, len(spans), STEP):
            group = spans[at : at + STEP + 2]
            passages = Passages(_answer(text[group[0][0] : group[-1][1]]))
            for own in (" ".join(text[a:b].split()) for a, b in group[:STEP]):
                if not SHORTEST <= len(own) <= LONGEST or "?" in own:
                    continue
                for kind, said in (("nothing changed", own), *((k, c) for k in kinds for c in _changed(k, own))):
                    tried[kind] += 1
                    if isinstance(passages.check(read_written(f"{said} [1]")), CheckedSentence):
                        passed[kind] += 1
                        leaks += [f"passed with {kind}: {said}"] if kind in kinds else []
    for kind in ("nothing changed", *kinds):
        print(f"{kind:20} {passed[kind]:4} of {tried[kind]:4} pass")
    print(*leaks, sep="\n")


def main() -> None:
    sentences = load_sentences()
    print(f"{'':12} sentences  {'precision':29}  {'recall':29}  citations right")
    for half in dict.fromkeys(one.half for one in sentences):
        print(_report(half, [one for one in sentences if one.half == half]))
    print(_report("all", sentences))
    for one in sentences:
        if one.found != one.kept:
            print(f"{one.id} ({one.half}, {one.kind}): a reader keeps {list(one.kept)}, the check {list(one.found)}")
    _report_changes()


if __name__ == "__main__":
    main()
