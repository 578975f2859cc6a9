"""The examples of docs/how-to/connect-chat-clients.md, as they stand there: each is run against a real server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import Server

DOCUMENT = (Path(__file__).parent.parent / "docs" / "how-to" / "connect-chat-clients.md").read_text(encoding="utf-8")
OPENAI = "openai@6.49.0"

Npm = Callable[..., Path]


def example(heading: str, language: str, server: Server) -> str:
    """The first block of that language under that heading, asking `server`."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.search(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found is not None
    assert "http://127.0.0.1:8000" in found.group(1)
    return found.group(1).replace("http://127.0.0.1:8000", server.url)


def printed(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def text(server: Server) -> str:
    body = {"model": "default", "messages": [{"role": "user", "content": "Who commands the Africa Corps?"}]}
    return str(server.request("POST", "/v1/chat/completions", body)[1]["choices"][0]["message"]["content"])


def test_curl(server: Server, text: str) -> None:
    answer = json.loads(printed("bash", "-c", example("curl", "sh", server)))
    assert answer["choices"][0]["message"]["content"] == text


def test_python(server: Server, text: str) -> None:
    check(printed(sys.executable, "-c", example("Python", "python", server)), text, server)


def test_javascript(server: Server, text: str, npm: Npm) -> None:
    script = npm(OPENAI).parent / "guide.mjs"
    script.write_text(example("JavaScript", "js", server), encoding="utf-8")
    check(printed("node", str(script)), text, server)


def check(output: str, text: str, server: Server) -> None:
    """The text, a line a citation, the text again from the stream, and an answer to the question that follows."""
    assert output.startswith(f"{text}\n")
    first, rest = output[len(text) + 1 :].split("\n", 1)
    assert re.fullmatch(rf"Africa Corps is under .* {re.escape(server.url)}/\?article=\S+", first)
    assert text in rest
    assert len(rest) > len(text) + 10
