"""Ingests a BEIR folder: cuts its articles into passages, encodes them and commits them durably."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.programs.timing import report
from qa_service.records import Question
from qa_service.service import Service


class Ours:
    def load(self, index: Path) -> None:
        self.service = Service.open(index=index)
        self.service.load_models()

    def ingest(self, source: Path) -> int:
        return self.service.ingest_beir(source).passages

    def search(self, question: str) -> int:
        return len(self.service.ask(Question(question)).passages)


if __name__ == "__main__":
    program = Ours()
    report(program)
    program.service.close()
