"""Opens the evaluation's pages in a real browser: do they work, how quick are they, how do they look.

    python -m benchmarks.report_pages [--questions 8000] [--folder DIR] [--shots DIR]

Needs Debian's `chromium` on PATH. With `--folder` a real evaluation's report is looked at instead of a made-up one.
Exits with 1 where a page asks for anything from outside, reports an error, runs a script from a text, marks another
place than the gold one, cannot be used from the keyboard, is wider than its window, or has labels in a plot that touch.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.chromium import Page, chromium
from benchmarks.report_folder import write_comparison_input, write_folder
from qa_service.evaluation.report import write_comparison, write_report

__all__ = ["main"]

VIEWS = (
    ("light", 1280, 900, False), ("dark", 1280, 900, True), ("phone", 390, 844, False), ("phone-dark", 390, 844, True),
    ("small", 320, 640, False),
)  # fmt: skip
PHONE = 700
"""A window narrower than this is one of a telephone."""
TIMED = {
    "open a row": "document.querySelector('.open').click()",
    "search": "document.getElementById('search').value = 'military'; changed()",
    "search again": "document.getElementById('search').value = 'who ukraine'; changed()",
    "show all": "document.getElementById('search').value = ''; changed()",
    "sort": "document.querySelectorAll('#questions thead button')[4].click()",
    "last page": "[...document.querySelectorAll('#pages button')].at(-1).click()",
}
"""What a reader does, and what is run for it."""
IN_MS = """(async () => {
  const changed = () => document.getElementById('outcome').dispatchEvent(new Event('change', {bubbles: true}));
  const began = performance.now();
  %s;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return Math.round(performance.now() - began);
})()"""
UNFOLD = """
  for (const one of document.querySelectorAll('details')) one.open = true;
  for (const one of [...document.querySelectorAll('.open')].slice(0, 5)) one.click();
"""
COLLISIONS = """[...document.querySelectorAll('svg.plot')].flatMap((plot) => {
  const box = plot.getBoundingClientRect();
  const texts = [...plot.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const within = (b) => b.left >= box.left && b.right <= box.right && b.top >= box.top && b.bottom <= box.bottom;
  const cut = texts.filter(([, b]) => !within(b));
  const touch = texts.flatMap(([one, a], i) => texts.slice(i + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => `${one} and ${other} touch`));
  return [...cut.map(([text]) => `${text} is cut`), ...touch];
})"""
"""What the plots' labels cover, as the browser has set them."""
SHOWN = "document.querySelectorAll('.fold:not([hidden])')"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=8000, help="in the made-up report [8000]")
    parser.add_argument("--folder", type=Path, help="an output folder of `qa-service evaluate`")
    parser.add_argument("--shots", type=Path, help="where to put screenshots")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, chromium() as page:
        folder = chosen.folder or Path(place) / "run"
        if chosen.folder is None:
            write_folder(folder, chosen.questions)
        began = time.perf_counter()
        report = write_report(folder) if chosen.folder is None else folder / "report.html"
        figures: dict[str, Any] = {"write_s": round(time.perf_counter() - began, 2)} | _timed(page, report)
        faults = [*_faults(page, report), *_wrong_marks(page, folder), *_misplaced(page, report)]
        comparison = write_comparison(write_comparison_input(8000, 3000), Path(place) / "comparison.html")
        figures["comparison"] = _timed(page, comparison)
        faults += [*_faults(page, comparison), *_misplaced(page, comparison)]
        if chosen.shots:
            chosen.shots.mkdir(parents=True, exist_ok=True)
            _shoot(page, report, chosen.shots)
            _shoot(page, comparison, chosen.shots)
    json.dump(figures | {"faults": faults}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 1 if faults else 0


def _timed(page: Page, path: Path) -> dict[str, Any]:
    """Size, seconds to open and milliseconds of each of `TIMED`."""
    page.look(width=1280, height=900)
    opened = page.open(path)
    acted = {name: page.run(IN_MS % script) for name, script in TIMED.items()}
    return {"MiB": round(path.stat().st_size / 2**20, 1), "open_s": round(opened, 2), "ms": acted}


def _faults(page: Page, path: Path) -> Iterator[str]:
    """What a page must not do, and the keyboard."""
    page.said.clear()
    page.asked_for.clear()
    page.open(path)
    page.run("window.alert = () => { throw new Error('a script in a text ran'); }")
    page.run("document.querySelector('.open').focus()")
    page.press("ArrowDown")
    page.press("Enter")
    if page.run("document.activeElement.getAttribute('aria-expanded')") != "true" or page.run(f"{SHOWN}.length") != 1:
        yield f"{path.name}: Enter does not open a row"
    page.run("for (const open of document.querySelectorAll('.open')) open.click()")
    if page.run("document.scripts.length - document.querySelectorAll('script[type=\"application/json\"]').length") != 1:
        yield f"{path.name}: a script that is not ours"
    page.run("fetch('https://example.org/').catch(() => null)")
    page.run("import('data:text/javascript,document.title=1').catch(() => null)")
    refused = [line for line in page.said if "Content Security Policy" in line]
    if len(refused) < 2:
        yield f"{path.name}: the policy let a request or a script through: {page.said}"
    yield from (f"{path.name}: {line}" for line in page.said if line not in refused)
    outside = [
        address for address in page.asked_for if not address.startswith(("file:", "data:", "https://example.org"))
    ]
    yield from (f"{path.name} asked for {address}" for address in outside)


def _wrong_marks(page: Page, folder: Path, most: int = 60) -> Iterator[str]:
    """Questions whose gold is found, those with an emoji before their evidence first, and answers that have a hyphen
    where there is no evidence: is what is marked what is gold?"""
    texts = {p["passage_id"]: p for p in _lines(folder / "passages.jsonl")}
    checks = []
    for question in _lines(folder / "per_question.jsonl"):
        rank = question["first_relevant"]
        evidence, answers = question["gold"]["evidence"], question["gold"]["answers"]
        if rank is not None and not evidence and len(answers) == 1 and "-" in answers[0]:
            checks.append((False, question["id"], rank, answers[0]))
        if rank is None or len(evidence) != 1:
            continue
        span = evidence[0]
        passage = texts[question["passages"][rank - 1]["passage_id"]]
        if passage["article_id"] == span["article_id"] and passage["start"] <= span["start"]:
            gold = passage["text"][span["start"] - passage["start"] : span["end"] - passage["start"]]
            before = passage["text"][: span["start"] - passage["start"]]
            checks.append((max(before, default="") <= "\uffff", question["id"], rank, gold))
    for _, identifier, rank, gold in sorted(checks)[:most]:
        place = f"location.hash = '#q=' + encodeURIComponent({json.dumps(identifier)})"
        page.run(f"{place}; new Promise((done) => setTimeout(done, 30))")
        chosen = f"document.activeElement.closest('tr').nextSibling.querySelectorAll('.passages > li')[{rank - 1}]"
        seen = page.run(f"[...{chosen}.querySelectorAll('mark.gold')].map((mark) => mark.textContent).join('')")
        if seen.lower().replace(gold.lower(), "") or not seen:
            yield f"{identifier}: gold is {gold!r}, marked is {seen!r}"


def _misplaced(page: Page, path: Path) -> Iterator[str]:
    """A page, everything opened, that is wider than its window, and labels of plots that touch or are cut."""
    for name, width, height, dark in VIEWS:
        page.look(width=width, height=height, dark=dark, phone=width < PHONE)
        page.open(path)
        page.run(f"{{ {UNFOLD} }}")
        if (wide := page.run("document.documentElement.scrollWidth")) > width:
            yield f"{path.name}, {name}: {wide} pixels wide in a window of {width}"
        yield from (f"{path.name}, {name}: {fault}" for fault in page.run(COLLISIONS))


def _shoot(page: Page, path: Path, shots: Path) -> None:
    """Each view, from the top and with a row open."""
    for name, width, height, dark in VIEWS:
        page.look(width=width, height=height, dark=dark, phone=width < PHONE)
        page.open(path)
        page.shoot(shots / f"{path.stem}-{name}.png")
        page.run("document.querySelectorAll('.open')[1].click(), document.querySelector('.open').scrollIntoView()")
        page.shoot(shots / f"{path.stem}-{name}-opened.png")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
