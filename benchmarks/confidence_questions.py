"""Questions asked under the conditions that a confidence has to tell apart.

Each question of a BEIR set is asked of its collection as it is, without its gold passages, and without their whole
article (SQuAD's articles are paragraphs of one title in such sets). It is also asked of a few dozen articles, because
scores differ in a small collection. Questions of other sets are asked too; the collection cannot answer them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa_service.records import Filters, Question
from qa_service.service import Service

__all__ = ["CONDITIONS", "LabelledQuestion", "LabelledSet", "SignalRow", "read_set", "rows_of", "strangers_of"]

CONDITIONS = {
    "answerable": "the collection holds the answer",
    "article removed": "the article that holds it is taken out",
    "passage removed": "only the passage that holds it is taken out",
    "unanswerable": "the set says that nothing answers it",
    "off topic": "a question of another set",
}
SMALL = (8, 15, 30)
"""Sizes of small collections: articles beside the gold articles and their neighbours."""
NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """`gold` are the ids of the articles with the answer; empty if no article has it."""

    question_id: str
    text: str
    gold: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A BEIR folder: its questions in a shuffled order with a fixed seed, and its articles grouped by title."""

    name: str
    questions: tuple[LabelledQuestion, ...]
    group_of: Mapping[str, str]
    groups: Mapping[str, Sequence[str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One question asked under one condition.

    `read`: the embedding model reads its language. `right`: one of the first passages has the answer.
    """

    question_id: str
    text: str
    read: bool
    condition: str
    small: bool
    right: bool
    signals: Mapping[str, float]


def read_set(folder: Path, name: str, *, split: str = "test") -> LabelledSet:
    """Read a BEIR folder: the questions that have gold articles, or are marked as unanswerable."""
    queries = "queries.jsonl" if split == "test" else f"queries_{split}.jsonl"
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, article, relevance = line.split("\t")
        if int(relevance) > 0:
            gold.setdefault(query, set()).add(article)
    questions = []
    for line in (folder / queries).read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        metadata = query.get("metadata") or {}
        nothing = metadata.get("unanswerable", False) or metadata.get("question_type") == "null_query"
        if nothing or query["_id"] in gold:
            questions.append(
                LabelledQuestion(query["_id"], query["text"], frozenset() if nothing else frozenset(gold[query["_id"]]))
            )
    random.Random(1).shuffle(questions)
    groups: dict[str, list[str]] = {}
    group_of = {}
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        group_of[article["_id"]] = article.get("title") or article["_id"]
        groups.setdefault(group_of[article["_id"]], []).append(article["_id"])
    return LabelledSet(name, tuple(questions), group_of, groups)


def rows_of(
    service: Service, own: LabelledSet, collection: str, asked: Sequence[LabelledQuestion], *, small: bool = False
) -> Iterator[SignalRow]:
    """A row for every question and every condition that applies to it. `small`: in a small collection."""
    draw = random.Random(3)
    names = list(own.group_of)
    for question in asked:
        filters = Filters()
        if small:
            near = [a for g in sorted(question.gold) for a in own.groups[own.group_of[g]][:NEIGHBOURS]]
            filters = Filters(
                article_id=tuple(sorted({*question.gold, *near, *draw.sample(names, draw.choice(SMALL))}))
            )
        yield from _ask(service, own, collection, question, filters, small)


def strangers_of(
    service: Service, own: LabelledSet, collection: str, strangers: Sequence[LabelledQuestion]
) -> Iterator[SignalRow]:
    """A row for every question of other sets, with the condition `off topic`."""
    for question in strangers:
        stranger = LabelledQuestion(question.question_id, question.text)
        for row in _ask(service, own, collection, stranger, Filters(), False):
            yield replace(row, condition="off topic")


def _ask(
    service: Service, own: LabelledSet, collection: str, question: LabelledQuestion, filters: Filters, small: bool
) -> Iterator[SignalRow]:
    groups = {own.group_of.get(article, article) for article in question.gold}
    kin = {article for group in groups for article in own.groups.get(group, ())} | question.gold
    removed = {"answerable": frozenset[str](), "article removed": kin, "passage removed": question.gold}
    if not question.gold:
        removed = {"unanswerable": frozenset()}
    asked = Question(question.text, collection=collection, filters=filters)
    for condition, found in zip(removed, service.ranking_signals(asked, list(removed.values())), strict=True):
        if found is not None:
            right = not question.gold.isdisjoint(found.articles)
            yield SignalRow(question.question_id, question.text, found.read, condition, small, right, found.signals)
