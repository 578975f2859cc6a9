"""Measure how soon the page paints an answer after it arrives: `python -m benchmarks.page_paint [--questions N]`.

The command starts a server over the seeds, with the packaged model, and opens the page in Chromium. It needs the extra
`clients` and a program `chromium` on PATH. It asks each question at `/` and takes two times of the browser: the last
byte of the response (`responseEnd`), and the first frame with the answer (the mark `answer-painted`).

It prints median, 95th percentile and maximum in milliseconds, for a wide window and for a phone. Exit code 1: a 95th
percentile is over 100 ms.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys

from benchmarks.server import chromium_over_seeds
from benchmarks.shared import percentile
from tests.seed_set import load

LIMIT_MS = 100.0
WINDOWS = {"1280 x 800": (1280, 800, False), "390 x 844": (390, 844, True)}
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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--questions", type=int, default=50, metavar="N", help="first N of tests/sets/seeds.jsonl")
    questions = [q.question for q in load()][: parser.parse_args().questions]
    slow = False
    with chromium_over_seeds() as (browser, address):
        for name, (width, height, phone) in WINDOWS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, is_mobile=phone)
            page.goto(address)
            page.wait_for_selector("#facts bdi")
            # from the end of the response to the first frame with the answer
            times = [float(page.evaluate(ASK % json.dumps(question))) for question in questions]
            p95 = percentile(times, 0.95)
            slow = slow or p95 > LIMIT_MS
            print(
                f"{name}: {len(times)} answers painted after a median of {statistics.median(times):.0f} ms, "
                f"95th percentile {p95:.0f} ms, at most {max(times):.0f} ms"
            )
            page.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
