"""Files are parsed in processes with limits. Those that are slow or hostile harm no other file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.ingest import parse_pool, parts
from qa_service.ingest.files import GivenFile
from qa_service.ingest.parse_messages import Ended, Message, Opened, ParseRequest, Read, Warned
from qa_service.ingest.parse_process import messages_of
from qa_service.ingest.parser import ParseLimits, ParseProcess
from qa_service.ingest.parts import FileReader
from qa_service.ingest.source import Cancelled, Source
from qa_service.parsing.formats import plain
from qa_service.records import ArticleDraft

TEXT = "The mayor of Sevare opened a market on Monday."
LIMITS = ParseLimits(60, 1500)


def never() -> bool:
    return False


def write(path: Path, text: str = TEXT) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Parsing processes sleep, crash or take memory for a text that says so. A stand-in for a format's library."""
    code = f"""
import sys
sys.path.remove({str(tmp_path / "site")!r})
import qa_service.parsing.formats.plain as plain
import ctypes, time
before = plain.read
def read(file, source):
    text = file.read().decode()
    file.seek(0)
    if "SLEEP" in text:
        time.sleep(600)
    if "CRASH" in text:
        ctypes.string_at(0)
    if "MEMORY" in text:
        bytes(4 * 1024**3)
    if "LIBRARY" in text:
        raise RuntimeError("Check 'ptr' failed at cpu_memory.cpp:257: Failed to allocate 290779312 bytes of memory")
    if "ERROR" in text:
        raise KeyError("a table")
    yield from before(file, source)
plain.read = read
"""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    yield


def sources(*paths: Path, limits: ParseLimits = LIMITS, cancelled: object = never) -> list[Source]:
    files = enumerate(GivenFile(path, path.name) for path in paths)
    with FileReader(files, limits, cancelled) as reader:  # type: ignore[arg-type]
        return list(reader.sources())


def said(found: list[Source]) -> dict[str, str | None]:
    """The reason to skip each file, or its format."""
    return {source.label: source.skipped or source.kind for source in found}


def test_a_process_says_what_a_file_holds(tmp_path: Path) -> None:
    process = ParseProcess(LIMITS)
    found = list(process.parse(ParseRequest(write(tmp_path / "a.txt"), "news/a.txt"), never))
    assert [type(message) for message in found] == [Opened, Read, Ended]
    assert found[0] == Opened("plain text")
    assert isinstance(found[1], Read)
    (article,) = found[1].articles
    assert (article.text, article.meta.source, article.derived_id) == (TEXT, "news/a.txt", True)
    found = list(process.parse(ParseRequest(write(tmp_path / "b.txt", ""), "b.txt"), never))
    assert found == [Ended("b.txt: is empty.")]
    process.close()


@pytest.mark.usefixtures("hostile")
def test_what_a_hostile_file_does_is_one_line_and_the_others_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = ("crash", "memory", "error", "good")
    found = said(sources(*(write(tmp_path / f"{word}.txt", f"{TEXT} {word.upper()}") for word in words)))
    assert found == {
        "crash.txt": "crash.txt: the process that parsed it was ended by SIGSEGV. The file is damaged, or needs more "
        "than 1500 MB of memory.",
        "memory.txt": "memory.txt: needs more than 1500 MB of memory to be read. Split it into smaller files, or raise "
        "the setting parse_megabytes.",
        "error.txt": "error.txt: is damaged, or uses what is not supported (KeyError: 'a table').",
        "good.txt": "plain text",
    }
    assert "Traceback" in caplog.text


@pytest.mark.usefixtures("hostile")
def test_a_slow_file_holds_no_other_up_and_ends_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_pool, "PATIENCE", 0.5)
    slow = write(tmp_path / "a.txt", f"{TEXT} SLEEP")
    others = [write(tmp_path / f"b{n}.txt", f"{TEXT} {n}") for n in range(5)]
    found = sources(slow, *others, limits=ParseLimits(6, 1500))
    assert [source.label for source in found] == [*(path.name for path in others), "a.txt"]
    assert found[-1].skipped == (
        "a.txt: took longer than 6 s to be read. Split it into smaller files, or raise the setting parse_seconds."
    )
    assert found[-1].retryable


@pytest.mark.usefixtures("hostile")
def test_a_cancelled_ingest_ends_the_processes(tmp_path: Path) -> None:
    files = enumerate([GivenFile(write(tmp_path / "a.txt", f"{TEXT} SLEEP"), "a.txt")])
    began: list[float] = []

    def cancelled() -> bool:
        if reader.current() == "a.txt" and not began:
            began.append(time.monotonic())
        return bool(began) and time.monotonic() - began[0] > 1

    with FileReader(files, LIMITS, cancelled) as reader, pytest.raises(Cancelled):
        list(reader.sources())
    assert children() == []


@pytest.mark.usefixtures("hostile")
def test_no_process_is_left_when_the_ingest_is_killed(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", f"{TEXT} SLEEP")
    code = (
        "import sys; from pathlib import Path; from qa_service.ingest.files import GivenFile\n"
        "from qa_service.ingest.parts import FileReader; from qa_service.ingest.parser import ParseLimits\n"
        "file = Path(sys.argv[1])\n"
        "list(FileReader(enumerate([GivenFile(file, 'a.txt')]), ParseLimits()).sources())\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ingest = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "a.txt")], env=env)
    child = wait_for(lambda: children(ingest.pid))
    ingest.send_signal(signal.SIGKILL)
    ingest.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in child))


def children(pid: int | None = None) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(") ")[2].split()[:2]
        except OSError:
            continue
        command = (stat.parent / "cmdline").read_bytes() if stat.exists() else b""
        if int(parent) == (pid or os.getpid()) and state != "Z" and b"parse_process" in command:
            found.append(int(stat.parent.name))
    return found


def wait_for(found: object) -> list[int]:
    for _ in range(300):
        if result := found():  # type: ignore[operator]
            return result  # type: ignore[no-any-return]
        time.sleep(0.1)
    raise AssertionError("it took more than 30 s")


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt")
    before = plain.read

    def read(file: object, source: object) -> Iterator[ArticleDraft]:
        yield from before(file, source)  # type: ignore[arg-type]
        path.write_text("Something else.", encoding="utf-8")

    monkeypatch.setattr(plain, "read", read)
    found = list(messages_of(ParseRequest(path, "a.txt"), 1500))
    assert found[-1] == Ended("a.txt: changed while it was read. Ingest it again.", retryable=True)


def test_a_file_that_is_gone_or_may_not_be_read(tmp_path: Path) -> None:
    assert said(sources(tmp_path / "gone.txt")) == {"gone.txt": "gone.txt: cannot be read: No such file or directory."}


def test_a_long_file_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SMALL_ARTICLES", 100)
    long = write(tmp_path / "a.jsonl", "".join(f'{{"_id": "{n}", "text": "{TEXT} {n}"}}\n' for n in range(200)))
    short = write(tmp_path / "b.txt")
    found = sources(long, short)
    assert [(s.label, len(s.articles), s.whole, s.last) for s in found] == [
        ("a.jsonl", 128, False, False),  # messages have 64 articles
        ("a.jsonl", 64, False, False),
        ("a.jsonl", 8, False, True),
        ("b.txt", 1, True, True),
    ]


def test_too_many_warnings_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(file: object, source: object) -> Iterator[ArticleDraft]:
        for number in range(30):
            source.warn(f"Row {number} has no text.")  # type: ignore[attr-defined]
        yield ArticleDraft(TEXT)

    monkeypatch.setattr(plain, "read", read)
    found: list[Message] = list(messages_of(ParseRequest(write(tmp_path / "a.txt"), "a.txt"), 1500))
    warnings = [message for message in found if isinstance(message, Warned)]
    assert (len(warnings), warnings[-1]) == (21, Warned("There are 10 more warnings."))


def test_a_process_imports_no_model() -> None:
    code = (
        "import sys, qa_service.ingest.parse_process\n"
        "print([m for m in ('torch', 'openvino', 'faiss', 'flask') if m in sys.modules])"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_mail_with_a_thousand_parts_in_each_other_is_one_clear_line(tmp_path: Path) -> None:
    head = "From: a@b.example\nTo: c@d.example\nSubject: deep\nDate: Mon, 3 Jul 2023 10:00:00 +0000\n"
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(1000))
    path = write(tmp_path / "deep.eml", f"{head}{parts}Content-Type: text/plain\n\nThe bridge opened.\n")
    assert said(sources(path)) == {"deep.eml": "deep.eml: is nested too deeply."}


@pytest.mark.usefixtures("hostile")
def test_a_library_that_gets_too_little_memory_is_told_as_the_limit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (found,) = sources(write(tmp_path / "a.txt", "LIBRARY"))
    assert found.skipped == (
        "a.txt: needs more than 1500 MB of memory to be read. Split it into smaller files, or raise the setting "
        "parse_megabytes."
    )
    assert found.retryable
    assert not caplog.records
