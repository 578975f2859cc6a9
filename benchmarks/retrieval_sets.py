"""The sets that `benchmarks.retrieval` measures, in the order of its tables, and published figures on them.

A set is a folder in BEIR's layout. The page with the tables says where each set comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

WHOLE = ":whole"


@dataclass(frozen=True, slots=True)
class Published:
    """A published nDCG@10, and the allowed difference of ours."""

    value: float
    within: float
    source: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A set. `folder` is relative to the folder of sets; `published` is by stage; `note` explains the figures."""

    folder: str
    chunking: str = "sentences"
    note: str = ""
    published: Mapping[str, Published] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        return self.folder + (WHOLE if self.chunking == "whole" else "")

    @property
    def collection(self) -> str:
        return self.folder.replace("/", "-")


KNOWN = (
    Benchmark(
        "scifact",
        "whole",
        "one passage an abstract, as published figures are measured; the model reads its first 256 word pieces",
        MappingProxyType(
            {
                "BM25": Published(0.679, 0.015, "BEIR's BM25 (Anserini; Kamalloo et al., SIGIR 2024)"),
                "dense": Published(0.645, 0.010, "MTEB's entry of all-MiniLM-L6-v2"),
            }
        ),
    ),
    Benchmark("scifact", note="the default: passages of whole sentences"),
    Benchmark("squadshifts_new_wiki"),
    Benchmark("time"),
    Benchmark("multihoprag_facts500", note="questions that have an answer; the others have no article to find"),
    Benchmark("squad2_sample500", note="questions that have an answer"),
    Benchmark("xquad/en"),
    Benchmark("xquad/ar", note="Arabic; the packaged model reads English only"),
    Benchmark("xquad/ru", note="Russian; the packaged model reads English only"),
)


def choose(root: Path, wanted: Sequence[str]) -> list[Benchmark]:
    """The sets with the names `wanted`: first those of `KNOWN` in its order, then the others. Without names: all of
    `KNOWN` that exist.

    A name is a folder below `root`; `:whole` after it makes one passage of each article.

    Raises:
        ValueError: a folder does not exist, or `root` has none of the sets.
    """
    known = {benchmark.name: benchmark for benchmark in KNOWN}
    if not wanted:
        found = [benchmark for benchmark in KNOWN if _is_set(root / benchmark.folder)]
        if not found:
            raise ValueError(f"{root} holds none of the sets; name those to measure with --sets")
        return found
    names = dict.fromkeys(name.strip("/") for name in wanted)
    chosen = [known[name] for name in known if name in names]
    for name in names:
        if name not in known:
            folder = name.removesuffix(WHOLE)
            chosen.append(Benchmark(folder, "whole" if folder != name else "sentences"))
    for benchmark in chosen:
        if not _is_set(root / benchmark.folder):
            raise ValueError(f"{root / benchmark.folder} is no BEIR folder: it has no corpus.jsonl with queries.jsonl")
    return chosen


def _is_set(folder: Path) -> bool:
    return (folder / "corpus.jsonl").is_file() and (folder / "queries.jsonl").is_file()
