"""What collapsing copies does: `python -m benchmarks.repetition FOLDER [--texts N] [--questions N] [--write]`.

Made articles (`repetition_articles`), asked the questions of the FOLDER's own that have gold in them, with copies
collapsed and without. A passage is a copy of one above it when it is of another article, at least half of its sentences
come from those of that passage, and all of them from those of its article: as they are, or with a word exchanged, but
with no number changed. `--write` writes the figures into docs/reference/measured.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.marked import write
from benchmarks.repetition_articles import OUTLETS, Made, Origin, make, texts_of
from qa_service.evaluation.gold import has_gold
from qa_service.evaluation.reading import open_questions
from qa_service.records import ArticleDraft, Citation, Question
from qa_service.service import Service
from qa_service.settings import Settings

__all__ = ["Figures", "copies_among", "judge", "origins"]

FIRST = 5


def origins(article: Made, start: int, end: int) -> frozenset[Origin]:
    """Of the sentences of which at least half lies in `article.text[start:end]`."""
    return frozenset(
        origin for first, last, origin in article.sentences if 2 * (min(end, last) - max(start, first)) >= last - first
    )


def copies_among(shown: Sequence[tuple[Made, int, int]]) -> int:
    """How many of the passages (article, start, end) are copies of one above them."""
    return sum(any(_is_copy(own, above) for above in shown[:at]) for at, own in enumerate(shown))


def _is_copy(lower: tuple[Made, int, int], upper: tuple[Made, int, int]) -> bool:
    own, near = origins(*lower), origins(*upper)
    if lower[0] is upper[0] or not own:
        return False
    return 2 * len(own & near) >= len(own) and own <= _all(upper[0])


def judge(lower: tuple[Made, int, int], upper: Made) -> str:
    """What a passage that was collapsed into one of the article `upper` is: `copy`, `number` where it has another
    number than the article, `partly` where it holds a sentence that the article lacks."""
    own, whole = origins(*lower), _all(upper)
    if any((*one[:3], not one[3]) in whole for one in own - whole):
        return "number"
    return "copy" if own <= whole else "partly"


def _all(article: Made) -> frozenset[Origin]:
    return frozenset(origin for _, _, origin in article.sentences)


@dataclass(slots=True)
class Figures:
    texts: int = 0
    questions: int = 0
    shown: int = 0
    before: int = 0
    shown_after: int = 0
    after: int = 0
    collapsed: int = 0
    partly: int = 0
    number: int = 0

    def text(self, name: str) -> str:
        return f"""{self.texts * len(OUTLETS)} made articles ({self.texts} texts of {name} under four outlets: as it is;
without a paragraph and with a dateline; with another word in 15 % of the sentences and three sentences of its own; with
one number changed in each paragraph), {self.questions} questions:

| | not collapsed | collapsed |
|---|---|---|
| copies among the first five | {self.before / self.shown:.1%} | {self.after / self.shown_after:.1%} |

Of {self.collapsed} passages listed in `also_in`, {self.partly} hold a sentence that the article shown lacks, and
{self.number} a number where it has another.
"""


def measure(service: Service, folder: Path, most_texts: int, most: int) -> Figures:
    texts = texts_of(folder, most_texts)
    made = {one.article_id: one for one in make([(title, list(own.values())) for title, own in texts])}
    service.ingest_drafts(
        ArticleDraft(one.text, one.article_id, one.title, one.outlet, language="en") for one in made.values()
    )
    for one in made.values():
        if service.article(one.article_id).text != one.text:
            raise ValueError(f"{one.article_id} was not stored as it was made")
    known = {document for _, own in texts for document in own}
    asked = (q for q in open_questions(folder, format="beir") if has_gold(q, "article") and known & set(q.articles))
    figures = Figures(len(texts))
    for question in islice(asked, most):
        figures.questions += 1
        apart, together = (
            service.ask_under(
                Question(question.question, FIRST, collapse_duplicates=collapse), [service.settings], compare=False
            )[0].passages
            for collapse in (False, True)
        )
        before, after = ([_place(made, p.citation) for p in passages] for passages in (apart, together))
        figures.shown += len(before)
        figures.before += copies_among(before)
        figures.shown_after += len(after)
        figures.after += copies_among(after)
        for passage in together:
            for other in passage.also_in:
                said = judge(_place(made, other), made[passage.citation.article_id])
                figures.collapsed += 1
                figures.partly += said == "partly"
                figures.number += said == "number"
    return figures


def _place(made: Mapping[str, Made], citation: Citation) -> tuple[Made, int, int]:
    return made[citation.article_id], citation.start, citation.end


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repetition", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--texts", type=int, default=45, metavar="N", help="the first N of several paragraphs")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="the first N (default: 400)")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/reference/measured.md")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as index,
        closing(Service.open(Settings(index=Path(index)))) as service,
    ):
        found = measure(service, chosen.folder, chosen.texts, chosen.questions).text(chosen.folder.name)
    print(found)
    if chosen.write:
        write("repetition", found)


if __name__ == "__main__":
    main()
