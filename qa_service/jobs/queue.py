"""Threads that run the jobs of a store, oldest first. Jobs of different groups do not wait for each other.

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
    """Runs one job of each group at a time. `closing` is set when a job that can be interrupted must stop."""

    def __init__(
        self,
        store: JobStore[R],
        run: Callable[[R], bool],
        tidy: Callable[[R], None],
        *,
        name: str,
        group: Callable[[R], str] = lambda record: "",
        at_once: int = 1,
        stay: bool = False,
    ) -> None:
        """
        Args:
            run: runs a job and writes its record; returns False when the job must wait and run again.
            tidy: removes what a job that is over no longer needs. Called again after a restart.
            name: name of the thread.
            group: jobs of one group keep their order: while one waits, the others of its group wait too.
            at_once: most jobs that run at a time, each of another group.
            stay: keep the thread while no job waits, so that it takes over the jobs of a process that ends.
        """
        self.closing = threading.Event()
        self._store, self._run, self._tidy = store, run, tidy
        self._name, self._group, self._stay = name, group, stay
        self._at_once = at_once
        self._running: dict[str, threading.Thread] = {}
        """Threads by the group whose jobs they run. Only the queue's thread adds one; each removes itself."""
        self._held_up: set[str] = set()
        """Groups whose last run ended with a job that must wait. Other groups run first."""
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
                    busy = set(tuple(self._running))  # read before the records: what ends meanwhile is not run again
                    waiting = self._waiting(over, tidy=lock is not None)
                    if not waiting and not busy and self._nothing_left():
                        return
                    if lock is not None:
                        self._run_groups(waiting, busy)
                except Exception:  # for example a full disk: the jobs remain, and the thread must too
                    logger.exception("%ss cannot be run; trying again", self._store.noun)
                if not self.closing.is_set():
                    self._wake.wait(POLL_SECONDS)
        finally:
            for thread in tuple(self._running.values()):
                thread.join()
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

    def _run_groups(self, waiting: list[R], busy: set[str]) -> None:
        """Start a thread for each group that has none: first groups that were not held up, oldest job first."""
        groups: dict[str, list[R]] = {}
        for record in waiting:
            groups.setdefault(self._group(record), []).append(record)
        for group, records in sorted(groups.items(), key=lambda item: item[0] in self._held_up):
            if group in busy or len(self._running) >= self._at_once or self.closing.is_set():
                continue
            run = threading.Thread(
                target=self._run_group, args=(group, records), name=f"{self._name} {group}", daemon=True
            )
            self._running[group] = run
            try:
                run.start()
            except BaseException:
                del self._running[group]
                raise

    def _run_group(self, group: str, records: list[R]) -> None:
        """Run jobs of one group, until one must wait."""
        waits = False
        for record in records:
            if waits or self.closing.is_set():
                break
            try:
                waits = not self._run(record)
            except Exception:
                message = "%s %s was left off; it is tried again unless it is over"
                logger.exception(message, self._store.noun, record.job_id)
                waits = True
        (self._held_up.add if waits else self._held_up.discard)(group)
        del self._running[group]
        if not waits:
            self._wake.set()
