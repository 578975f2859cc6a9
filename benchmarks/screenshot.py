"""Takes the screenshot of the page for README.md: `python -m benchmarks.screenshot [--question Q] [--output FILE]`.

It asks one question of the seed articles and opens the article of the first passage. It runs a real server with the
packaged model, and Debian's `chromium`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.chromium import chromium
from benchmarks.page_paint import SEEDS, open_page, painting_ms
from benchmarks.server import Server
from qa_service.service import Service
from qa_service.settings import Settings

__all__: list[str] = []

IMAGE = Path(__file__).parents[1] / "docs" / "images" / "page.png"
QUESTION = "Who commands the Africa Corps?"
SIZE = (1280, 690)
"""Width and height in pixels."""
OPEN_ARTICLE = """(async () => {
  document.querySelector(".passage a.open").click();
  while (!document.querySelector("#article-text mark.evidence")) await new Promise((done) => setTimeout(done, 20));
  document.activeElement.blur();
  scrollTo(0, 0);
  await new Promise((done) => setTimeout(done, 500));
})()"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--output", type=Path, default=IMAGE)
    arguments = parser.parse_args()
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as index:
        settings = Settings(index=Path(index))
        service = Service.open(settings)
        service.ingest([SEEDS])
        service.close()
        with Server(settings) as server, chromium() as page:
            page.look(width=SIZE[0], height=SIZE[1])
            open_page(page, f"http://127.0.0.1:{server.port}/")
            painting_ms(page, arguments.question)
            page.run(OPEN_ARTICLE)
            page.shoot(arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
