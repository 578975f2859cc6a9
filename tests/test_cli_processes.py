"""The installed commands as real processes, with the fake model: what a person types is what is tested."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
QUESTION = "Who controls the Africa Corps?"
COMMAND = [sys.executable, "-m", "qa_service"]
PATIENCE = 60.0


def run(*arguments: str, index: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment(index), timeout=PATIENCE, check=False
    )


def environment(index: Path) -> dict[str, str]:
    return {**os.environ, "QA_MODEL": "fake", "QA_INDEX": str(index), "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with the seeds in it."""
    folder = tmp_path_factory.mktemp("index")
    done = run("ingest", str(ROOT / "seeds"), index=folder)
    assert done.returncode == 0, done.stderr
    return folder


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str) -> tuple[int, bytes]:
        return self.request("GET", path)

    def request(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def start(index: Path, log: Path) -> Served:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)], env=environment(index), stdout=out, stderr=subprocess.STDOUT
        )
    served = Served(process, port)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if served.get("/readyz")[0] == 200:
                return served
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            pytest.fail(f"not ready: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = start(index, tmp_path_factory.mktemp("log") / "serve.log")
    yield served
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(timeout=PATIENCE)


def test_ask_as_json_is_the_http_body(index: Path, served: Served) -> None:
    done = run("ask", QUESTION, "--top-k", "3", "--json", index=index)
    assert done.returncode == 0, done.stderr
    status, content = served.request("POST", "/v1/ask", {"question": QUESTION, "top_k": 3})
    assert status == 200
    ours, theirs = json.loads(done.stdout), json.loads(content)
    assert list(ours) == list(theirs)
    for body in (ours, theirs):
        assert body.pop("request_id")
        assert body.pop("took_ms") > 0
    # The page's address begins with the host that was called; the command line has called none.
    pages = [[urlsplit(passage.pop("page_url")) for passage in body["passages"]] for body in (ours, theirs)]
    assert [(page.path, page.query) for page in pages[0]] == [(page.path, page.query) for page in pages[1]]
    assert ours == theirs
    assert len(ours["passages"]) == 3


def test_status_as_json_is_the_http_body(index: Path, served: Served) -> None:
    done = run("status", "--json", index=index)
    assert done.returncode == 0, done.stderr
    status, content = served.get("/v1/collections")
    assert (status, json.loads(content)) == (200, json.loads(done.stdout))


def test_the_readmes_three_checks_hold(served: Served) -> None:
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    code = block[1]
    assert "http://127.0.0.1:8000" in code
    done = subprocess.run(
        [sys.executable, "-c", code.replace(":8000", f":{served.port}") + "\nprint(len(passage['text']))"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_ask_for_a_person_names_article_characters_and_file(index: Path) -> None:
    done = run("ask", QUESTION, index=index)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^    article \w+, characters \d+-\d+, from \d{3}_[0-9a-f]{16}\.txt  score \d", done.stdout, re.MULTILINE
    )


def test_verify_holds_on_the_seeds(index: Path) -> None:
    done = run("verify", "--json", index=index)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["problems"] == []
    assert report["articles"] == 6  # five files, one of which holds two articles


def test_ingesting_the_same_again_changes_nothing(index: Path) -> None:
    before = json.loads(run("status", "--json", index=index).stdout)
    done = run("ingest", str(ROOT / "seeds"), "--json", index=index)
    assert done.returncode == 0, done.stderr
    assert {result["outcome"] for result in json.loads(done.stdout)["files"]} == {"unchanged"}
    assert json.loads(run("status", "--json", index=index).stdout) == before


def test_ingest_delete_and_ask_on_an_index_of_ones_own(tmp_path: Path) -> None:
    index = tmp_path / "index"
    article = tmp_path / "gold.txt"
    article.write_text("The refinery in Bamako processes gold.\n\nIt opened in June.\n", encoding="utf-8")
    ingested = run("ingest", str(article), "--collection", "mine", "--json", index=index)
    assert ingested.returncode == 0, ingested.stderr
    (file,) = json.loads(ingested.stdout)["files"]
    assert file["outcome"] == "added"
    article_id = file["articles"][0]["article_id"]
    asked = run("ask", "Where is the refinery?", "--collection", "mine", "--json", index=index)
    assert json.loads(asked.stdout)["passages"][0]["citation"]["article_id"] == article_id
    assert run("delete", article_id, "--collection", "mine", index=index).returncode == 0
    gone = run("delete", article_id, "--collection", "mine", index=index)
    assert gone.returncode == 1
    assert gone.stderr.startswith("error: ")
    assert gone.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", " "], 2),
        (["ask", "x" * 2001], 2),
        (["ask", "What?", "--published-from", "2025-12-31", "--published-to", "2025-01-01"], 2),
        (["ask", "What?", "--collection", "../up"], 2),
        (["ask", "What?", "--collection", "nowhere"], 1),
        (["ask", "caf\udce9?"], 2),
    ],
)
def test_what_the_service_refuses_is_one_line(index: Path, arguments: list[str], code: int) -> None:
    done = run(*arguments, index=index)
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(r"error: [^\n]+\n", done.stderr)


def test_serve_without_its_model_is_one_line(tmp_path: Path) -> None:
    model = tmp_path / "no-model"
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"],
        capture_output=True,
        text=True,
        env={**environment(tmp_path), "QA_MODEL": str(model), "QA_LOG_LEVEL": "warning"},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: QA_MODEL: there is no model '{model}' on this machine")
    assert "hf download" not in done.stderr  # a path is nothing to be downloaded
    assert done.stderr.count("\n") == 1


def test_serve_listens_only_with_its_models(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"],
        capture_output=True,
        text=True,
        env={**environment(tmp_path), "QA_MODEL": "fake", "QA_RERANKER": str(tmp_path / "none")},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "Listening" not in done.stderr
    assert f"error: QA_RERANKER: there is no model '{tmp_path / 'none'}' on this machine" in done.stderr
    assert "hf download" not in done.stderr


def test_a_binary_file_is_skipped_with_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "noise.txt"
    file.write_bytes(bytes(range(256)) * 20)
    done = run("ingest", str(file), index=tmp_path / "index")
    assert done.returncode == 1
    assert "skipped noise.txt: " in done.stdout
    assert "Traceback" not in done.stderr


def test_a_setting_that_is_wrong_names_its_variable(index: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "status"],
        capture_output=True,
        text=True,
        env={**environment(index), "QA_PORT": "http"},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: QA_PORT: ")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_in_order_when_told_to(index: Path, tmp_path: Path, by: signal.Signals) -> None:
    served = start(index, tmp_path / "serve.log")
    assert served.get("/healthz")[0] == 200
    served.process.send_signal(by)
    assert served.process.wait(timeout=PATIENCE) == 0
    log = (tmp_path / "serve.log").read_text(errors="replace")
    assert f"Listening at http://127.0.0.1:{served.port}" in log
    assert "Traceback" not in log


def test_serving_beyond_this_machine_needs_a_key_or_a_word(index: Path) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "0", index=index)
    assert done.returncode == 2
    assert "--allow-anonymous" in done.stderr
    assert done.stderr.startswith("error: ")


def test_ctrl_c_is_one_line_and_130(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.txt").write_text(f"Article {number} says something of its own. " * 40, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(folder)], env=environment(tmp_path / "index"), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "index" / "default" / "catalogue.sqlite3").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "interrupted; what is stored stays, and the same command continues"
    assert "Traceback" not in errors
    assert run("verify", index=tmp_path / "index").returncode == 0
