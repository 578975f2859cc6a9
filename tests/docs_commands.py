"""The commands in the documentation: found in the pages, classified, and run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["EXCUSED", "Block", "Sandbox", "blocks_in", "excuse", "statements_in"]

ROOT = Path(__file__).parent.parent
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
EXCUSED = {
    r"git clone ": "needs the address of the repository",
    r"docker ": "needs Docker",
    r"make ": "CI runs make; another test checks that the target exists",
    r"\. \.venv/bin/activate$": "the test brings its environment",
    r"(npm|npx) ": "needs npm's registry; clients/ runs the examples",
    r"mkdir -p site && cp docs/examples/deep-chat": "copies what npm brings",
    r"pip install 'open-webui": "needs a registry and two GB",
    r"open-webui serve": "needs Open WebUI",
    r"python3 -m http\.server": "serves until it is stopped",
    r"rm -rf index/default ": "removes what the next pages need",
    r"pip install 'qa-service": "needs a registry",
    r"QA_MODEL=/models/multilingual ": "needs a model that is not packaged",
}
"""Commands that do not run here: how they begin, and why."""
SERVES = re.compile(r"^(?:\w+=\S+ )*qa-service (?:serve|mcp)\b[^&|]*")
"""A command that serves until it is stopped. It is started, and stopped when it listens."""
LISTENS = re.compile(r"(?:Listening at|running on) http://127\.0\.0\.1:(\d+)")
REFUSED = '"tok_k"'
"""Stands in the command that shows an error."""
PATIENCE = 600.0


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def blocks_in(page: Path) -> list[Block]:
    """The blocks of a page that hold commands: shell, Python, and the `run` lines of a CI job."""
    found = [Block(match[2], match[3]) for match in FENCED.finditer(page.read_text(encoding="utf-8"))]
    return [_ci_commands(block) if block.language == "yaml" else block for block in found]


def _ci_commands(block: Block) -> Block:
    lines = re.findall(r"^\s*(?:- )?run: (.+)$", block.text, re.MULTILINE)
    return Block("sh" if lines else "yaml", "".join(f"{line}\n" for line in lines))


def statements_in(script: str) -> Iterator[str]:
    """The statements of a shell script, each whole: loops, quotations and here-documents are not cut."""
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        statement = "\n".join(lines)
        if not statement.endswith("\\") and _is_whole(statement):
            if statement.strip():
                yield statement
            lines = []
    if lines:
        raise ValueError(f"this shell statement does not end: {lines[0]}")


def _is_whole(statement: str) -> bool:
    # bash only warns of a here-document without its end.
    done = subprocess.run(["bash", "-n", "-c", statement], capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr


def excuse(statement: str) -> str | None:
    """Why a statement does not run here; None if it does."""
    return next((why for begins, why in EXCUSED.items() if re.match(begins, statement.strip())), None)


@dataclass
class Sandbox:
    """A folder that looks like the repository of a reader who has run `make serve`."""

    folder: Path
    model: str
    """As in `QA_MODEL`."""
    own_articles: bool = True
    """Whether there is a folder `my-articles/`."""
    every: int = 5
    """Of the questions on the seeds, each so many is kept, so that an evaluation takes a second."""
    environment: dict[str, str] = field(init=False)
    _server: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _port: str = field(default="8000", init=False)

    def __post_init__(self) -> None:
        for name in ("seeds", "tests/sets", "docs/examples"):
            shutil.copytree(ROOT / name, self.folder / name)
        questions = self.folder / "tests" / "sets" / "seeds.jsonl"
        kept_lines = questions.read_text(encoding="utf-8").splitlines(keepends=True)[:: self.every]
        questions.write_text("".join(kept_lines), encoding="utf-8")
        (self.folder / "my-beir").mkdir()
        document = {"_id": "d1", "title": "Quokka", "text": "The quokka weighs 4.2 kilograms."}
        (self.folder / "my-beir" / "corpus.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
        if self.own_articles:
            (self.folder / "my-articles").mkdir()
            (self.folder / "my-articles" / "quokka.txt").write_text(document["text"] + "\n", encoding="utf-8")
        own = {"QA_MODEL": self.model, "PYTHONPATH": str(ROOT)}
        self._put("qa-service", f'exec "{sys.executable}" -m qa_service "$@"', own)
        self._put("python3", f'exec "{sys.executable}" "$@"', own)
        self._put("curl", f'exec {shutil.which("curl")} ${{FAIL---fail-with-body}} "$@"', {})
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
        self.environment = kept | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}

    def _put(self, name: str, command: str, variables: Mapping[str, str]) -> None:
        """A program on the sandbox's PATH. The variables stand in it, since some callers pass on no environment."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        lines = [f"export {key}={shown}" for key, value in variables.items() for shown in [f'"${{{key}:-{value}}}"']]
        path.write_text("\n".join(["#!/bin/sh", *lines, command]) + "\n", encoding="utf-8")
        path.chmod(0o755)

    def run_page(self, page: Path) -> None:
        """Run all that a page tells its reader to type, from top to bottom."""
        self.serve()
        for block in blocks_in(page):
            text = block.text.replace("127.0.0.1:8000", f"127.0.0.1:{self._port}")
            if block.language == "python":
                self._run([sys.executable, "-c", text], block.text, {"PYTHONPATH": str(ROOT), "QA_MODEL": self.model})
            elif block.language == "sh":
                self._run_shell(list(statements_in(text)))

    def serve(self) -> None:
        """What `make serve` does."""
        if self._server is None:
            self._run(["qa-service", "ingest", "seeds"], "qa-service ingest seeds")
            self._server, self._port = self._started(["qa-service", "serve", "--port", "0"])

    def close(self) -> None:
        if self._server is not None:
            _stop(self._server)

    def _run_shell(self, statements: Sequence[str]) -> None:
        script = [s for s in statements if excuse(s) is None and not SERVES.match(s)]
        for statement in statements:
            if served := SERVES.match(statement):
                command = f"exec env {served[0].strip()} --port 0".replace("0.0.0.0", "127.0.0.1")
                stdio = "mcp" in command and "streamable-http" not in command
                assert not stdio, f"{statement} would wait for its standard input"
                _stop(self._started(["bash", "-c", command])[0])
        if script:
            more = {"FAIL": ""} if any(REFUSED in s for s in script) else {}
            self._run(["bash", "-eu", "-o", "pipefail", "-c", "\n".join(script)], "\n".join(script), more)

    def _run(self, command: Sequence[str], shown: str, more: Mapping[str, str] | None = None) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | dict(more or {}),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{shown}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"

    def _started(self, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], str]:
        """A process that listens, and its port."""
        log = self.folder / f"server-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while not (listening := LISTENS.search(log.read_text(errors="replace"))):
            if process.poll() is not None or time.monotonic() > deadline:
                _stop(process)
                raise AssertionError(f"{command} does not listen:\n{log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.05)
        return process, listening[1]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)
