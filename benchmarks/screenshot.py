"""Take the screenshot of the page for README.md: `python -m benchmarks.screenshot [--question Q] [--output FILE]`.

The command starts a server over the seeds, with the packaged model. It asks the question in Chromium and opens the
article of the first passage. It needs the extra `clients` and a program `chromium` on PATH.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.server import ServerProcess
from benchmarks.shared import DOCS, SEEDS, index_folder
from qa_service.service import Service
from qa_service.settings import Settings

__all__: list[str] = []

QUESTION = "Who commands the Africa Corps?"
WIDTH, HEIGHT = 1280, 690
"""In pixels. A higher window makes a PNG of more than 200 kB."""
AT_REST = "document.activeElement.blur(); scrollTo(0, 0)"
"""No focus ring, and the question at the top."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--output", type=Path, default=DOCS / "images" / "page.png")
    arguments = parser.parse_args()
    with index_folder() as index:
        settings = Settings(index=index)
        service = Service.open(settings)
        service.ingest([SEEDS])
        service.close()
        with ServerProcess(settings) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.goto(f"http://127.0.0.1:{server.port}/")
            page.get_by_label("Your question").fill(arguments.question)
            page.get_by_role("button", name="Ask", exact=True).click()
            page.locator(".passage a.open").first.click()
            page.locator("#article-text mark.evidence").first.wait_for()
            page.evaluate(AT_REST)
            page.screenshot(path=arguments.output, animations="disabled", caret="hide")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
