"""The process that runs one evaluation beside a server, so that whoever asks the server meanwhile hardly notices.

It has a core of its own where there are several, and a lower priority where it has not. It ends at once when the
server does, however that ends: its standard input is then closed. `start` runs this module, and sends folder, record
and settings pickled on standard input.
"""

from __future__ import annotations

import fcntl
import logging
import os
import pickle
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.errors import Conflict, QAServiceError
from qa_service.evaluation.run.beside import launch, stand_back
from qa_service.evaluation.run.job_records import (
    OUTCOME,
    PROGRESS,
    RESULTS,
    SET,
    EvaluationJob,
    read_json,
    remaining_seconds,
    write_json,
)

if TYPE_CHECKING:
    from qa_service.evaluation.run.evaluation_run import EvaluationProgress

__all__ = ["plain_words", "start"]

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.5
LOCK = "running.lock"
_OPTION = re.compile(r"--(format|qrels)( FILE)?")
_AGAIN = re.compile(r" \(--restart, or another --out\)")


def start(folder: Path, job: EvaluationJob, settings: object) -> subprocess.Popen[bytes]:
    """A process that works on `job`, whose files are in `folder`. Closing its standard input ends it."""
    (folder / OUTCOME).unlink(missing_ok=True)
    process = launch(__name__)
    try:
        if process.stdin is not None:
            process.stdin.write(pickle.dumps((folder, job, settings)))
            process.stdin.flush()
    except BrokenPipeError:
        logger.warning("the process of evaluation %s ended at once", job.evaluation_id)
    return process


def plain_words(message: str) -> str:
    """What the evaluation room says to the command line, for whoever uploaded a set."""
    return _AGAIN.sub(" by submitting it again", _OPTION.sub(r"the field `\1`", message))


def main() -> None:
    folder, job, settings = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_server, name="lifeline", daemon=True).start()
    stand_back()
    with (folder.parent / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one that a killed server left may live a moment longer
        write_json(folder / OUTCOME, _outcome(folder, job, settings))


def _end_with_the_server() -> None:
    while os.read(sys.stdin.fileno(), 1):  # past the buffer, which the interpreter wants to itself when it ends
        pass
    os._exit(1)  # the journal stands whatever the moment


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
        return read_json(out / "summary.json")  # the server was killed before it could write that down
    os.chdir(folder / SET)  # the manifest names the set as it was sent, not a folder of this machine
    questions = open_questions(Path(job.path), format=job.format, qrels=None if job.qrels is None else Path(job.qrels))
    progress = _Progress(folder)
    service = Service.open(settings)

    def run(*, restart: bool) -> dict[str, Any]:
        return evaluate(
            service,
            questions,
            out,
            collection=job.collection,
            top_k=job.top_k,
            relevance=job.relevance,
            overlap=job.overlap,
            max_per_article=job.max_per_article or 0,
            retriever=job.retriever,
            workers=1,
            overrides=job.overrides,
            restart=restart,
            progress=progress,
        )

    try:
        return run(restart=False)
    except Conflict as error:
        if not begun or progress.told:
            raise
        logger.warning("evaluation %s begins anew: %s", job.evaluation_id, error.message)
        return run(restart=True)  # collection or program are others now; nothing of it was shown to anybody
    finally:
        service.close()


class _Progress:
    """Writes down how far it is, now and then."""

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
        write_json(self._path, {"asked": progress.done, "remaining_seconds": left})


if __name__ == "__main__":
    main()
