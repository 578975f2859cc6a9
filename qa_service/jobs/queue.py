"""A thread that runs the jobs of a store, oldest first.

Of several processes on one store, the process that holds `queue.lock` runs jobs. When it ends, another process
continues. A job that a crash interrupted runs again from its record; what it has done so far is for `run` to know.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic

from qa_service.files.locks import Lock
from qa_service.jobs.store import OVER, JobStore, R

__all__ = ["JobQueue"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""Seconds between two looks for the lock, for jobs of other processes, and for a job that had to wait."""


class JobQueue(Generic[R]):
    """Runs one job at a time. `closing` is set when a job that can be interrupted must stop."""

    def __init__(
        self,
        store: JobStore[R],
        run: Callable[[R], bool],
        tidy: Callable[[R], None],
        *,
        name: str,
        group: Callable[[R], str] = lambda record: "",
        stay: bool = False,
    ) -> None:
        """
        Args:
            run: runs a job and writes its record; returns False when the job must wait and run again.
            tidy: removes what a job that is over no longer needs. Called again after a restart.
            name: name of the thread.
            group: jobs of one group keep their order: while one waits, the others of its group wait too.
            stay: keep the thread while no job waits, so that it takes over the jobs of a process that ends.
        """
        self.closing = threading.Event()
        self._store, self._run, self._tidy = store, run, tidy
        self._name, self._group, self._stay = name, group, stay
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._wake = threading.Event()

    def start(self) -> None:
        """Run the jobs that wait, those of an earlier process included. Starts no thread while no job waits."""
        with self._starting:
            if self._thread is None and not self.closing.is_set() and (self._stay or self._store.waiting()):
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Wait until the current job stops. The next start runs what still waits."""
        self.closing.set()
        self._wake.set()
        with self._starting:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        lock: Lock | None = None
        over: set[str] = set()
        """Ids of jobs that are over and tidied up; their records are not read again."""
        try:
            while not self.closing.is_set():
                self._wake.clear()
                try:
                    if lock is None and (lock := self._lock()) is not None:
                        over.clear()  # a crash may have come before an earlier process tidied up
                        self._store.remove_left_over()
                    waiting = self._waiting(over, tidy=lock is not None)
                    if not waiting and self._nothing_left():
                        return
                    if lock is not None and self._run_all(waiting):
                        continue
                except Exception:  # for example a full disk: the jobs remain, and the thread must too
                    logger.exception("%ss cannot be run; trying again", self._store.noun)
                if not self.closing.is_set():
                    self._wake.wait(POLL_SECONDS)
        finally:
            if lock is not None:
                lock.close()

    def _lock(self) -> Lock | None:
        try:
            return Lock(self._store.folder / "queue.lock", wait=0)
        except BlockingIOError:
            return None

    def _nothing_left(self) -> bool:
        """Whether the thread ends; `start` then starts another."""
        with self._starting:
            if self._stay or self._store.waiting():  # a job may have come a moment ago
                return False
            self._thread = None
            return True

    def _waiting(self, over: set[str], *, tidy: bool) -> list[R]:
        records = self._store.records(over)
        for record in records:
            if record.state in OVER:
                over.add(record.job_id)
                if tidy:
                    self._try_to_tidy(record)
        return [record for record in records if record.state not in OVER]

    def _try_to_tidy(self, record: R) -> None:
        """Tidy up after a job. What fails is tried again after a restart, and stops no other job."""
        try:
            self._tidy(record)
        except Exception:
            logger.exception("%s %s: its files remain until the next start", self._store.noun, record.job_id)

    def _run_all(self, waiting: list[R]) -> bool:
        """Run the jobs; whether any ran and no job must wait."""
        held_up: set[str] = set()
        for record in waiting:
            group = self._group(record)
            if self.closing.is_set() or group in held_up:
                continue
            try:
                if self._run(record):
                    continue
            except Exception:
                message = "%s %s was left off; it is tried again unless it is over"
                logger.exception(message, self._store.noun, record.job_id)
            held_up.add(group)
        return bool(waiting) and not held_up
