"""Atomic writes, locks and checksums."""

from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import pytest

from qa_service.files.atomic import WRITING, publish, replacing, write_file
from qa_service.files.checksums import sha256_of
from qa_service.files.locks import Lock


def test_a_file_is_replaced_by_text_pieces_or_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_file(path, "été\n") == path
    assert path.read_bytes() == "été\n".encode()
    write_file(path, (f"{n}\r\n" for n in range(2)))
    assert path.read_bytes() == b"0\r\n1\r\n"
    write_file(path, b"\xff\r\n")
    assert path.read_bytes() == b"\xff\r\n"
    write_file(path, "\ud800", errors="backslashreplace")
    assert path.read_bytes() == b"\\ud800"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, "before")
    with pytest.raises(ZeroDivisionError), replacing(path) as file:
        file.write("half")
        file.flush()
        assert (tmp_path / f"file{WRITING}").read_text() == "half"
        raise ZeroDivisionError
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_published_with_all_that_is_in_it(tmp_path: Path) -> None:
    unfinished = tmp_path / ".folder"
    (unfinished / "part").mkdir(parents=True)
    (unfinished / "part" / "file").write_text("text")
    publish(unfinished, tmp_path / "folder")
    assert (tmp_path / "folder" / "part" / "file").read_text() == "text"
    assert not unfinished.exists()


@pytest.mark.parametrize("folder", [False, True])
def test_a_lock_excludes_others_until_it_is_closed(tmp_path: Path, folder: bool) -> None:
    path = tmp_path if folder else tmp_path / "lock"
    with Lock(path, create=not folder), pytest.raises(BlockingIOError):
        Lock(path, wait=0, create=not folder)
    with Lock(path, create=not folder), pytest.raises(ValueError, match="mine"):
        Lock(path, wait=0.05, error=ValueError("mine"), create=not folder)
    Lock(path, wait=0, create=not folder).close()
    with pytest.raises(FileNotFoundError):
        Lock(tmp_path / "other", create=False)


def hold_until_killed(path: Path) -> None:
    Lock(path)
    (path.parent / "held").touch()
    multiprocessing.Event().wait()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    holder = multiprocessing.get_context("fork").Process(target=hold_until_killed, args=(tmp_path / "lock",))
    holder.start()
    while not (tmp_path / "held").exists():
        holder.join(0.01)
        assert holder.is_alive()
    with pytest.raises(BlockingIOError):
        Lock(tmp_path / "lock", wait=0)
    holder.kill()
    Lock(tmp_path / "lock", wait=10).close()
    holder.join()


def test_a_released_lock_is_free_although_a_forked_process_has_a_copy(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    end = context.Event()
    with Lock(tmp_path / "lock") as lock:
        child = context.Process(target=end.wait)
        child.start()
    lock.close()  # a second time
    Lock(tmp_path / "lock", wait=0).close()
    end.set()
    child.join()


def test_a_checksum_is_over_all_the_files(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(b"a" * 2_000_000)
    second.write_bytes(b"b")
    assert sha256_of(first, second) == hashlib.sha256(b"a" * 2_000_000 + b"b").hexdigest()
