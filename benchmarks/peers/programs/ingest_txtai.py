"""Ingests passages into txtai: dense vectors and BM25 (`hybrid`), with the texts, saved to disk."""

from __future__ import annotations

import os
from pathlib import Path

from txtai import Embeddings

from benchmarks.peers.programs.timing import read_passages, report


class Txtai:
    def load(self, index: Path) -> None:
        self.index = index
        model = os.environ["BENCH_MODEL"]
        self.embeddings = Embeddings(path=model, method="sentence-transformers", content=True, hybrid=True, gpu=False)
        self.embeddings.batchtransform(["warm up"])

    def ingest(self, source: Path) -> int:
        passages = read_passages(source)
        self.embeddings.index((p["id"], {"text": p["text"], "article": p["article"]}, None) for p in passages)
        self.embeddings.save(str(self.index))
        return int(self.embeddings.count())

    def search(self, question: str) -> int:
        return len(self.embeddings.search(question, 5))


if __name__ == "__main__":
    report(Txtai())
