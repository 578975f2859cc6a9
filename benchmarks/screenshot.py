"""Take the screenshot of the page for README.md: `python -m benchmarks.screenshot [--question Q] [--output FILE]`.

The command starts a server over the seeds, with the packaged model. It asks the question in Chromium and opens the
article of the first passage. It needs the extra `clients` and a program `chromium` on PATH.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.server import chromium_over_seeds
from benchmarks.shared import DOCS

QUESTION = "Who commands the Africa Corps?"
WIDTH, HEIGHT = 1280, 690
"""In pixels. A higher window makes a PNG of more than 200 kB."""
AT_REST = "document.activeElement.blur(); scrollTo(0, 0)"
"""No focus ring, and the question at the top."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--output", type=Path, default=DOCS / "images" / "page.png")
    arguments = parser.parse_args()
    with chromium_over_seeds() as (browser, address):
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(address)
        page.get_by_label("Your question").fill(arguments.question)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.locator(".passage a.open").first.click()
        page.locator("#article-text mark.evidence").first.wait_for()
        page.evaluate(AT_REST)
        page.screenshot(path=arguments.output, animations="disabled", caret="hide")


if __name__ == "__main__":
    main()
