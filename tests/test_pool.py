"""A pool of processes that share work with this process."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.errors import Conflict, NotReady
from qa_service.jobs.pool import Pool, Worker

Function = Callable[[int], tuple[int, int]]


def open_square() -> Function:
    return square


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def open_failing(error: Exception) -> Function:
    def fail(number: int) -> tuple[int, int]:
        raise error

    return fail


def wait_until_open(pool: Pool[int, tuple[int, int]]) -> None:
    for worker in pool.workers:
        worker.connection.poll(60)


@pytest.mark.parametrize("processes", [0, 2])
def test_results_come_in_the_order_of_the_tasks(processes: int) -> None:
    with Pool(processes, open_square, doing="squaring") as pool:
        wait_until_open(pool)
        found = list(pool.map(range(200), square))
        assert [result for result, _ in found] == [number * number for number in range(200)]
        assert len({pid for _, pid in found}) == processes + 1
        assert list(pool.map([], square)) == []


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (Conflict("It changed.", param="x"), Conflict, "It changed"),
        (ValueError("deep"), RuntimeError, "ValueError: deep"),
        (PermissionError(13, "not yours"), RuntimeError, "not yours"),
    ],
)
def test_an_error_in_a_process_is_raised_here(error: Exception, kind: type[Exception], said: str) -> None:
    with Pool(1, open_failing, error, doing="failing") as pool:
        wait_until_open(pool)
        with pytest.raises(kind, match=said):
            list(pool.map(range(200), square))


def test_a_process_that_is_killed_is_an_error_that_says_so() -> None:
    with Pool(1, open_square, doing="squaring") as pool:
        wait_until_open(pool)
        results = pool.map(range(200), square)
        next(results)
        pool.workers[0].process.kill()
        message = r"that was squaring has ended \(exit code -9; .* ran out of memory"
        with pytest.raises(NotReady, match=message):
            list(results)


def start_and_wait(told: Path) -> None:
    worker = Worker[int, tuple[int, int]](open_square, (), "waiting")
    worker.connection.poll(60)
    told.write_text(str(worker.process.pid))
    time.sleep(600)


def test_a_process_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    parent = multiprocessing.get_context("spawn").Process(target=start_and_wait, args=(told,))
    parent.start()
    while not told.exists() or not told.read_text():
        assert parent.is_alive()
        time.sleep(0.02)
    parent.kill()
    parent.join()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{told.read_text()}/cmdline").exists() and Path(f"/proc/{told.read_text()}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the process is still there"
        time.sleep(0.05)
