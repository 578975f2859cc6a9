"""Questions of BEIR sets, read under the conditions that a confidence has to tell apart.

Each question is asked of its collection as it is, without the articles that answer it, and without all articles of
their title. It is asked with one of its names replaced by a name of another question. Questions of other sets are asked
too; the collection cannot answer them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.confidence_questions import LabelledQuestion, LabelledSet, read_set
from benchmarks.shared import json_lines
from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.reading import HeadReading
from qa_service.evaluation.sets.answer_strings import contained, normalise
from qa_service.records import Passage, Question
from qa_service.service import Service
from qa_service.text.claims.name_matching import name_phrases

__all__ = [
    "CONDITIONS", "Asked", "QuestionsWithAnswers", "ask_all", "ask_renamed", "ask_strangers", "read_questions",
]  # fmt: skip

CONDITIONS = ("answerable", "answer removed", "article removed", "unanswerable", "name replaced", "off topic")


@dataclass(frozen=True, slots=True)
class QuestionsWithAnswers:
    """The questions of a set, and the gold strings of each."""

    own: LabelledSet
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question under a condition. `right` has, for each sentence that was read, whether it answers."""

    question_id: str
    condition: str
    signals: Mapping[str, float]
    reading: HeadReading
    right: tuple[tuple[bool, ...], ...]
    judged: bool
    """Whether gold strings judge the sentences. If not, each sentence of a gold article counts as right."""

    def answered_right(self, most: int | None = None) -> bool:
        """Whether one of the first `most` quoted sentences answers; None stands for all."""
        quoted = {id(sentence) for sentence in self.reading.quoted()[:most]}
        return any(
            right and id(sentence) in quoted
            for passage, own in zip(self.reading.passages, self.right, strict=True)
            for sentence, right in zip(passage.sentences, own, strict=True)
        )

    @property
    def answerable(self) -> bool:
        """Whether some sentence that was read answers."""
        return any(any(own) for own in self.right)

    def rescored(self, model: ConfidenceModel) -> Asked:
        """The same with probabilities by another regression for sentences."""
        return Asked(
            self.question_id, self.condition, self.signals, self.reading.rescored(model), self.right, self.judged
        )


def read_questions(folder: Path, name: str, *, split: str = "test") -> QuestionsWithAnswers:
    """Read a BEIR folder with the `metadata.answers` of its questions."""
    own = read_set(folder, name, split=split)
    rows = json_lines(folder / ("queries.jsonl" if split == "test" else f"queries_{split}.jsonl"))
    answers = {row["_id"]: tuple((row.get("metadata") or {}).get("answers") or ()) for row in rows}
    return QuestionsWithAnswers(own, answers)


def ask_all(service: Service, asked: QuestionsWithAnswers, some: Sequence[LabelledQuestion]) -> Iterator[Asked]:
    """Ask some questions of the set's collection, which has its name, under each condition that applies."""
    own = asked.own
    for question in some:
        groups = {own.group_of.get(article, article) for article in question.gold}
        kin = {article for group in groups for article in own.groups.get(group, ())} | question.gold
        removed = {"answerable": frozenset[str](), "answer removed": question.gold}
        if kin != question.gold:
            removed["article removed"] = frozenset(kin)
        if not question.gold:
            removed = {"unanswerable": frozenset()}
        yield from _ask(service, own.name, question, asked.answers.get(question.question_id, ()), removed)


def ask_renamed(service: Service, collection: str, some: Sequence[LabelledQuestion]) -> Iterator[Asked]:
    """Ask questions with a name replaced by a name of the next question that names something else."""
    named = [(question, _names(question.text)) for question in some]
    named = [(question, names) for question, names in named if names]
    for (question, names), (other, others) in zip(named, [*named[1:], *named[:1]], strict=True):
        start, end = names[-1]
        first, last = others[0]
        name = other.text[first:last]
        if name.casefold() not in question.text.casefold():
            text = f"{question.text[:start]}{name}{question.text[end:]}"
            nothing = LabelledQuestion(f"{question.question_id}-renamed", text)
            yield from _ask(service, collection, nothing, (), {"name replaced": frozenset()})


def ask_strangers(service: Service, collection: str, strangers: Sequence[LabelledQuestion]) -> Iterator[Asked]:
    """Ask questions of other sets, which the collection cannot answer."""
    for question in strangers:
        nothing = LabelledQuestion(question.question_id, question.text)
        yield from _ask(service, collection, nothing, (), {"off topic": frozenset()})


def _names(text: str) -> list[tuple[int, int]]:
    """Start and end of each name in the text."""
    return [(name[0].start, name[-1].start + len(name[-1].word)) for name in name_phrases(text)]


def _ask(
    service: Service,
    collection: str,
    question: LabelledQuestion,
    answers: Sequence[str],
    removed: Mapping[str, frozenset[str]],
) -> Iterator[Asked]:
    asked = Question(question.text, collection=collection)
    for condition, found in zip(removed, service.ranking_signals(asked, list(removed.values())), strict=True):
        if found is not None and found.reading is not None:
            right = tuple(
                tuple(_answers(passage, sentence.number, question.gold, answers) for sentence in read.sentences)
                for passage, read in zip(found.passages, found.reading.passages, strict=True)
            )
            yield Asked(question.question_id, condition, found.signals, found.reading, right, bool(answers))


def _answers(passage: Passage, number: int, gold: frozenset[str], answers: Sequence[str]) -> bool:
    if passage.article_id not in gold:
        return False
    if not answers:
        return True
    start, end = passage.sentences[number]
    return any(contained(answers, normalise(passage.text[start - passage.start : end - passage.start])))
