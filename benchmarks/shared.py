"""What several commands use: question sets, a collection of the seeds, percentiles, and the pages under `docs/`."""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from qa_service.evaluation.sets.qrels import read_qrels
from qa_service.parsing import read_beir
from qa_service.records import IngestReport
from qa_service.service import Service
from qa_service.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SEEDS = ROOT / "seeds"
SETS = ROOT / "tests" / "sets"


@dataclass(frozen=True, slots=True)
class ArticlesAndQuestions:
    """Questions, and the articles to ask. `ingest` puts the articles into a service's default collection."""

    name: str
    questions: tuple[str, ...]
    ingest: Callable[[Service], IngestReport]


def seeds(most: int) -> ArticlesAndQuestions:
    """The seed articles with the first `most` of their questions."""
    questions = _field(SETS / "seeds.jsonl", "question", most)
    return ArticlesAndQuestions("seeds", questions, lambda service: service.ingest([SEEDS]))


def beir(folder: Path, most: int) -> ArticlesAndQuestions:
    """A folder in BEIR's layout with the first `most` of its questions."""
    questions = _field(folder / "queries.jsonl", "text", most)
    return ArticlesAndQuestions(folder.name, questions, lambda service: service.ingest_drafts(read_beir(folder)))


def folder_name(folder: Path, separator: str = "-") -> str:
    """The folder's name; a language code has its parent before it, as in `xquad-ru`."""
    return f"{folder.parent.name}{separator}{folder.name}" if len(folder.name) == 2 else folder.name


def json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON object of each line that is not blank."""
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _field(file: Path, name: str, most: int) -> tuple[str, ...]:
    return tuple(str(row[name]) for row in islice(json_lines(file), most))


@contextmanager
def index_folder(kept: Path | None = None) -> Iterator[Path]:
    """`kept`, or a temporary folder where there is none."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="qa-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def seed_service(kept: Path | None = None) -> Iterator[Service]:
    """A service over the seed articles, with the default settings; its index is `kept`, or temporary."""
    with index_folder(kept) as index, closing(Service.open(Settings(index=index))) as service:
        service.ingest([SEEDS])
        yield service


def gold_articles(folder: Path, split: str = "test") -> dict[str, list[str]]:
    """Question id -> ids of its relevant articles, from the qrels of a BEIR folder."""
    grades = read_qrels(folder / "qrels" / f"{split}.tsv").grades()
    found = {name: [article for article, grade in own.items() if grade > 0] for name, own in grades.items()}
    return {name: articles for name, articles in found.items() if articles}


def markdown(head: Sequence[object], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a Markdown table."""
    first, *rest = ["| " + " | ".join(map(str, cells)) + " |" for cells in (head, *rows)]
    return [first, "|" + "---|" * len(head), *rest]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank, no interpolation)."""
    if not values:
        raise ValueError("there are no values")
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def note(message: str) -> None:
    """Print a line on standard error, to show progress."""
    print(message, file=sys.stderr, flush=True)


def insert(page: str, text: str, begin: str, end: str) -> str:
    """The page with `text` between its two markers.

    Raises:
        ValueError: the page does not have each marker once, in this order.
    """
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page must have {begin} and, after it, {end}, once each")
    return f"{page[: page.index(begin)]}{begin}\n\n{text.strip()}\n\n{page[page.index(end) :]}"


def write_section(name: str, text: str, docs: Path = DOCS) -> Path:
    """Write `text` into the page below `docs` that has the markers of the command `benchmarks.<name>`.

    A name with a dot is the whole name of the command's module.

    Raises:
        ValueError: no page, or more than one, has the first marker, or the page lacks the second.
    """
    module = name if "." in name else f"benchmarks.{name}"
    begin, end = f"<!-- Written by `python -m {module}`. -->", f"<!-- Until here: {name}. -->"
    pages = [page for page in sorted(docs.rglob("*.md")) if begin in page.read_text(encoding="utf-8")]
    if len(pages) != 1:
        raise ValueError(f"one page below {docs.name}/ must have {begin}; {len(pages)} have it")
    pages[0].write_text(insert(pages[0].read_text(encoding="utf-8"), text, begin, end), encoding="utf-8")
    return pages[0]
