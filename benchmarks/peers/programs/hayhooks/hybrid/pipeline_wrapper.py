"""What Hayhooks serves at `/hybrid/run`: Haystack's hybrid search over the written store."""

from __future__ import annotations

import os
from typing import Any

from hayhooks import BasePipelineWrapper
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.programs.ingest_haystack import Hybrid


class PipelineWrapper(BasePipelineWrapper):  # type: ignore[misc]
    def setup(self) -> None:
        self.hybrid = Hybrid(InMemoryDocumentStore.load_from_disk(os.environ["BENCH_INDEX"]))

    def run_api(self, query: str, top_k: int = 5) -> list[dict[str, Any]]:
        found = self.hybrid.search(query, top_k)
        return [{"id": d.id, "score": d.score, "content": d.content, "article": d.meta["article"]} for d in found]
