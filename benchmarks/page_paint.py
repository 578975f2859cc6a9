"""How soon an answer is painted once it has arrived: `python -m benchmarks.page_paint [--questions N]`.

A real server over the seeds, under the packaged model, and Debian's `chromium` on PATH. Each question is asked at the
page at `/`, and the time runs from the last byte of the response (`responseEnd` of its resource timing) to the first
frame that shows it (the mark `answer-painted` of static/conversation.js, set after that frame). Prints median, 95th
percentile and maximum for a wide window and a telephone; exits with 1 where a 95th percentile is over 100 ms.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chromium import Page, chromium
from benchmarks.server import Server
from qa_service.service import Service
from qa_service.settings import Settings
from tests.seed_set import load

__all__ = ["open_page", "painting_ms"]

SEEDS = Path(__file__).parents[1] / "seeds"
LIMIT_MS = 100.0
WINDOWS = {"1280 x 800": (1280, 800, False), "390 x 844": (390, 844, True)}
PATIENCE = 60.0
ASK = """(async () => {
  performance.clearMarks();
  performance.clearResourceTimings();
  document.getElementById("new").click();
  document.getElementById("question").value = %s;
  document.getElementById("ask").requestSubmit();
  while (!performance.getEntriesByName("answer-painted").length) await new Promise((done) => setTimeout(done, 5));
  const response = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/v1/ask"));
  return performance.getEntriesByName("answer-painted")[0].startTime - response.responseEnd;
})()"""


def painting_ms(page: Page, question: str) -> float:
    """From the end of the response to the first frame with the answer. The page at `/` must be open."""
    return float(page.run(ASK % json.dumps(question)))


def open_page(page: Page, address: str) -> None:
    page.call("Page.navigate", url=address)
    deadline = time.monotonic() + PATIENCE
    while not page.run("document.querySelector('#facts bdi') !== null"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{address} was not ready in {PATIENCE:.0f} s")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=50, metavar="N", help="first N of tests/sets/seeds.jsonl")
    asked = [q.question for q in load()][: parser.parse_args().questions]
    slow = False
    with tempfile.TemporaryDirectory() as index:
        settings = Settings(index=Path(index))
        service = Service.open(settings)
        service.ingest([SEEDS])
        service.close()
        with Server(settings) as server, chromium() as page:
            for name, (width, height, phone) in WINDOWS.items():
                page.look(width=width, height=height, phone=phone)
                open_page(page, f"http://127.0.0.1:{server.port}/")
                took = sorted(painting_ms(page, question) for question in asked)
                p95 = took[math.ceil(0.95 * len(took)) - 1]
                slow = slow or p95 > LIMIT_MS
                print(
                    f"{name}: {len(took)} answers painted after a median of {statistics.median(took):.0f} ms, "
                    f"95th percentile {p95:.0f} ms, at most {took[-1]:.0f} ms"
                )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
