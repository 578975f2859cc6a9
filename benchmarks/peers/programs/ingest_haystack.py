"""Ingests passages into Haystack's in-memory store and writes it to disk; `hybrid` is its pipeline of a question."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.programs.timing import read_passages, report

DEPTH = 10
"""Passages from each retriever, Haystack's default; more if more are wanted."""


class Hybrid:
    """BM25 and dense retrieval, joined by reciprocal rank fusion."""

    def __init__(self, store: InMemoryDocumentStore) -> None:
        self._pipeline = pipeline = Pipeline()
        pipeline.add_component("embedder", SentenceTransformersTextEmbedder(**embedder_options()))
        pipeline.add_component("dense", InMemoryEmbeddingRetriever(store))
        pipeline.add_component("bm25", InMemoryBM25Retriever(store))
        pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "dense.query_embedding")
        pipeline.connect("dense", "join")
        pipeline.connect("bm25", "join")
        pipeline.warm_up()

    def search(self, question: str, k: int) -> list[Any]:
        depth = max(DEPTH, k)
        inputs = {
            "embedder": {"text": question},
            "dense": {"top_k": depth},
            "bm25": {"query": question, "top_k": depth},
            "join": {"top_k": k},
        }
        found: list[Any] = self._pipeline.run(inputs)["join"]["documents"]
        return found


def embedder_options() -> dict[str, Any]:
    return {"model": os.environ["BENCH_MODEL"], "device": ComponentDevice.from_str("cpu"), "progress_bar": False}


class Haystack:
    def load(self, index: Path) -> None:
        self.index = index
        self.embedder = SentenceTransformersDocumentEmbedder(**embedder_options())
        self.embedder.warm_up()
        self.store = InMemoryDocumentStore(embedding_similarity_function="cosine")

    def ingest(self, source: Path) -> int:
        passages = read_passages(source)
        documents = [Document(id=p["id"], content=p["text"], meta={"article": p["article"]}) for p in passages]
        self.store.write_documents(self.embedder.run(documents=documents)["documents"])
        self.store.save_to_disk(str(self.index))
        return int(self.store.count_documents())

    def search(self, question: str) -> int:
        return len(Hybrid(self.store).search(question, 5))


if __name__ == "__main__":
    report(Haystack())
