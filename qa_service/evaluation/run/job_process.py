"""The process that runs one evaluation beside a server, with little effect on the questions that the server answers.

The process has a lower priority. It ends at once when the server ends, also after `kill -9`: its standard input is
closed then. `running` starts this module as a program, and sends folder, record and settings pickled on standard input.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.errors import Conflict, QAServiceError
from qa_service.evaluation.run.child_process import launch, stand_back
from qa_service.evaluation.run.evaluation_job import OUTCOME, PROGRESS, RESULTS, SET, EvaluationJob, remaining_seconds
from qa_service.files.atomic import write_file
from qa_service.files.locks import Lock
from qa_service.jobs.store import read_json

if TYPE_CHECKING:
    from qa_service.evaluation.run.evaluation_run import EvaluationProgress

__all__ = ["outcome", "plain_words", "running"]

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.5
SECONDS_TO_END = 5.0
LOCK = "running.lock"
_OPTION = re.compile(r"--(format|qrels)( FILE)?")
_AGAIN = re.compile(r" \(--restart, or another --out\)")


@contextmanager
def running(folder: Path, job: EvaluationJob, settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works on `job`, whose files are in `folder`. It ends with the block."""
    (folder / OUTCOME).unlink(missing_ok=True)
    process = launch(__name__)
    try:
        if process.stdin is not None:
            process.stdin.write(pickle.dumps((folder, job, settings)))
            process.stdin.flush()
    except BrokenPipeError:
        logger.warning("the process of evaluation %s ended at once", job.evaluation_id)
    try:
        yield process
    finally:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def outcome(folder: Path, code: int) -> dict[str, Any]:
    """The fields of the record that the process decided, after it ended with the exit code `code`."""
    try:
        written = read_json(folder / OUTCOME)
    except (OSError, ValueError):
        why = "; -9 often means that the machine ran out of memory" if code == -9 else ""
        return {"state": "failed", "error": f"The process of the evaluation has ended (exit code {code}{why})."}
    return {"state": "failed", **written} if "error" in written else {"state": "done", **written}


def plain_words(message: str) -> str:
    """A message for the command line, as someone reads it who uploaded a set."""
    return _AGAIN.sub(" by submitting it again", _OPTION.sub(r"the field `\1`", message))


def main() -> None:
    folder, job, settings = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_server, name="lifeline", daemon=True).start()
    stand_back()
    with Lock(folder.parent / LOCK):  # the process of a killed server may live a moment longer
        write_file(folder / OUTCOME, json.dumps(_outcome(folder, job, settings)))


def _end_with_the_server() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not `sys.stdin.buffer`: the interpreter needs its lock to end
        pass
    os._exit(1)  # the journal is complete at any moment


def _outcome(folder: Path, job: EvaluationJob, settings: Any) -> dict[str, Any]:
    try:
        summary = _evaluate(folder, job, settings)
    except QAServiceError as error:
        return {"error": plain_words(error.message)}
    except Exception:
        logger.exception("evaluation %s failed", job.evaluation_id)
        return {"error": "The evaluation failed; the server's log says why."}
    from qa_service.evaluation.report.measure_words import in_order

    return {
        "measures": {name: summary["measures"][name]["mean"] for name in in_order(summary["measures"])},
        "notes": tuple(summary["notes"]),
    }


def _evaluate(folder: Path, job: EvaluationJob, settings: Any) -> dict[str, Any]:
    from qa_service.evaluation.run.evaluation_run import evaluate
    from qa_service.evaluation.run.resume import MANIFEST
    from qa_service.evaluation.sets import open_questions
    from qa_service.service import Service

    out = folder / RESULTS
    begun = (out / MANIFEST).exists()
    if (out / "summary.json").exists() and not begun:
        return read_json(out / "summary.json")  # the server was killed before it wrote the outcome
    os.chdir(folder / SET)  # the manifest then names the set as it was sent, not a folder of this machine
    questions = open_questions(Path(job.path), format=job.format, qrels=None if job.qrels is None else Path(job.qrels))
    progress = _Progress(folder)
    names = ("collection", "top_k", "relevance", "overlap", "retriever", "overrides")
    asked: dict[str, Any] = {name: getattr(job, name) for name in names}
    with closing(Service.open(settings)) as service:
        asked["max_per_article"] = job.max_per_article or 0
        run = partial(evaluate, service, questions, out, **asked, workers=1, progress=progress)
        try:
            return run()
        except Conflict as error:
            if not begun or progress.told:
                raise
            logger.warning("evaluation %s begins anew: %s", job.evaluation_id, error.message)
            # The collection or the program has changed. Nobody has seen results yet.
            return run(restart=True)


class _Progress:
    """Writes the progress to disk from time to time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PROGRESS
        self._last = 0.0
        self.told = False

    def __call__(self, progress: EvaluationProgress) -> None:
        self.told = True
        if time.monotonic() - self._last < SECONDS_BETWEEN_REPORTS and progress.done < progress.total:
            return
        self._last = time.monotonic()
        left = remaining_seconds(progress.done, progress.total, progress.resumed, progress.seconds)
        write_file(self._path, json.dumps({"asked": progress.done, "remaining_seconds": left}))


if __name__ == "__main__":
    main()
