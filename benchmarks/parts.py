"""Questions that ask two things, made of pairs of a set's own: does each get its passage among the first?

    python -m benchmarks.parts FOLDER… [--index DIR] [--pairs 300] [--singles 0]

A FOLDER is in BEIR's layout. Two of its questions with different gold articles are joined as "… and …?" and as
"…? …?", taken from a seeded shuffle, so that the same folder gives the same pairs; of `one title`, both are of articles
with one title. Every question is asked with `interpret` and without. Last, of the set's own questions: how many are
taken for several, and what that does to them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from qa_service.evaluation.grade.grading import grade
from qa_service.evaluation.grade.measures import per_questions
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import has_gold
from qa_service.records import Answer, Question
from qa_service.service import Service
from qa_service.settings import load_settings
from qa_service.text.question.parts import question_parts

__all__ = ["Pair", "main", "pairs_of"]

SEED = 0
FIRST = 5
NDCG = "nDCG@10"


@dataclass(frozen=True, slots=True)
class Pair:
    """`joined` by "and", and `apart` as two questions; `gold` are the relevant articles of each."""

    joined: str
    apart: str
    gold: tuple[frozenset[str], frozenset[str]]


def pairs_of(questions: Sequence[EvaluationQuestion], most: int, titles: dict[str, str] | None = None) -> list[Pair]:
    """At most so many; each question is in one at most. With `titles` of articles, both are of the same."""
    left = list(questions)
    random.Random(SEED).shuffle(left)
    waiting: dict[str, EvaluationQuestion] = {}
    found: list[Pair] = []
    for question in left:
        gold = _gold(question)
        topic = min(titles.get(article, "") for article in gold) if titles else ""
        other = waiting.get(topic)
        if other is None:
            waiting[topic] = question
        elif not gold & _gold(other):
            del waiting[topic]
            found.append(_join(other, question))
        if len(found) == most:
            break
    return found


def _gold(question: EvaluationQuestion) -> frozenset[str]:
    return frozenset(article for article, grade in question.articles.items() if grade > 0)


def _join(one: EvaluationQuestion, other: EvaluationQuestion) -> Pair:
    first, second = one.question.strip().rstrip("?").rstrip(), other.question.strip()
    lowered = second[0].lower() + second[1:]
    return Pair(f"{first} and {lowered}", f"{first}? {second}", (_gold(one), _gold(other)))


@dataclass(slots=True)
class Figures:
    questions: int = 0
    parted: int = 0
    both: int = 0
    ndcg: float = 0.0
    answered: int = 0
    cited: int = 0

    def add(self, answer: Answer, gold: Sequence[frozenset[str]], ndcg: float) -> None:
        """`cited`: the quoted sentences are from a gold article of each."""
        found = {passage.citation.article_id for passage in answer.passages[:FIRST]}
        quoted = {annotation.citation for annotation in answer.answer.annotations} if answer.answer else set()
        said = {passage.citation.article_id for passage in answer.passages if passage.citation.number in quoted}
        self.questions += 1
        self.parted += bool(answer.interpretation.parts)
        self.both += all(own & found for own in gold)
        self.cited += all(own & said for own in gold)
        self.answered += answer.answerable
        self.ndcg += ndcg

    def line(self) -> str:
        n = max(self.questions, 1)
        return (
            f"{self.questions:6}  {self.parted / n:6.3f}  {self.both / n:6.3f}  {self.ndcg / n:7.4f}  "
            f"{self.answered / n:8.3f}  {self.cited / n:6.3f}"
        )


HEADING = f"{'':44} asked  parted  both@{FIRST}  {NDCG}  answered  cited"


def ask(
    service: Service, collection: str, text: str, gold: Sequence[frozenset[str]], interpret: bool
) -> tuple[Answer, float]:
    """The first five as they are asked for, and nDCG by article."""
    asked = Question(text, top_k=FIRST, collection=collection, interpret=interpret)
    ten = service.ask(replace(asked, top_k=10, max_per_article=1))
    judged = EvaluationQuestion("", text, articles={article: 1 for own in gold for article in own})
    (measured,) = per_questions([grade(Asked(judged, ten, 0.0), "article")], (NDCG,))
    return service.ask(asked), measured[NDCG]


def measure(service: Service, folder: Path, most: int, singles: int) -> Iterator[str]:
    collection = f"{folder.parent.name}-{folder.name}" if folder.parent.name == "xquad" else folder.name
    service.ingest_beir(folder, collection)
    questions = [q for q in open_questions(folder, format="beir") if has_gold(q, "article")]
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        titles = {str(one["_id"]): str(one.get("title") or one["_id"]) for one in map(json.loads, lines)}
    kinds = {"any": pairs_of(questions, most), "one title": pairs_of(questions, most, titles)}
    for kind, pairs in kinds.items():
        for form in ("joined", "apart") if len(pairs) > FIRST else ():
            for interpret in (False, True):
                figures = Figures()
                for pair in pairs:
                    figures.add(*_with_gold(service, collection, getattr(pair, form), pair.gold, interpret))
                yield f"{f'{folder.name}, {kind}, {form}, ' + ('parts' if interpret else 'whole'):44}{figures.line()}"
    chosen = questions[:singles] if singles else questions
    parted = [question for question in chosen if question_parts(question.question)]
    yield f"{folder.name}: {len(parted)} of {len(chosen)} questions are taken for several"
    for interpret in (False, True) if parted else ():
        figures = Figures()
        for question in parted:
            figures.add(*_with_gold(service, collection, question.question, (_gold(question),), interpret))
        yield f"{f'{folder.name}, these alone, ' + ('parts' if interpret else 'whole'):44}{figures.line()}"


def _with_gold(
    service: Service, collection: str, text: str, gold: Sequence[frozenset[str]], interpret: bool
) -> tuple[Answer, Sequence[frozenset[str]], float]:
    answer, ndcg = ask(service, collection, text, gold, interpret)
    return answer, gold, ndcg


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--index", type=Path, help="where collections are kept; a temporary folder otherwise")
    parser.add_argument("--pairs", type=int, default=300, help="of each kind, at most")
    parser.add_argument("--singles", type=int, default=0, help="the first so many questions as they are; 0 for all")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        settings = load_settings({"index": given.index or Path(temporary)})
        with closing(Service.open(settings)) as service:
            sys.stdout.write(HEADING + "\n")
            for folder in given.folders:
                for line in measure(service, folder, given.pairs, given.singles):
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
