"""Reads the training data: questions with passages, cut into the windows that the reader sees.

A row has `question, title, passage, answers [{start, end, text}], answerable`. Offsets are code points of the passage.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.text.basic.sentences import split_sentences

__all__ = ["SHARES", "Example", "read_examples"]

SHARES = {
    "squad1_titled": 1.0,
    "squad1_train_pieces": 1.0,
    "squad2_dev_half": 1.0,
    "nq_open_oracle": 0.8,
    "nq_swap": 0.6,
    "qed_nq": 1.0,
    "selqa": 0.7,
    "qamr": 0.45,
    "fairytaleqa": 0.5,
    "covidqa": 0.8,
    "pubmedqa": 0.3,
    "medquad_weak": 0.12,
    "hotpotqa_pieces": 1.0,
    "musique_pieces": 1.0,
}
"""Share of each file's rows that one pass reads. Files with weak labels, or far from news, count less."""
MOSTLY, FEW = 0.9, 0.04
"""Share of the rows of the file that gives most examples, and the factor on the shares of the others."""
DEVELOPMENT_SHARE = 0.03
"""Share of the questions that are never trained on, by a hash of their passage's title or text."""
WITHOUT_ANSWER = 0.12
"""Share of the answerable rows that appear without their answering sentences, as rows without an answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage. `spans` are the answers; empty: the passage does not answer."""

    question: str
    title: str | None
    passage: str
    sentences: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int], ...]
    exact: bool
    """Whether the spans are answers. False: they are whole sentences that answer."""

    @property
    def labels(self) -> tuple[bool, ...]:
        """For each sentence, whether an answer overlaps it."""
        return tuple(any(a < end and start < b for a, b in self.spans) for start, end in self.sentences)


def read_examples(
    folder: Path, *, seed: int, without: frozenset[str] = frozenset(), mostly: str | None = None
) -> tuple[list[Example], list[Example]]:
    """Training examples in random order, and development examples.

    `without` names files to leave out. `mostly` names a file that gives most examples, and the others few.
    """
    chance = random.Random(seed)
    train: list[Example] = []
    development: list[Example] = []
    for name, share in SHARES.items():
        if name in without:
            continue
        if mostly is not None:
            share = MOSTLY if name == mostly else share * FEW
        for row in _rows(folder / f"{name}.jsonl.gz"):
            example = _example(row)
            if example is None:
                continue
            place = random.Random(str(row.get("title") or example.passage[:200])).random()
            if place < DEVELOPMENT_SHARE:
                development.append(example)
            elif chance.random() < share:
                train.append(_hidden(example) if example.spans and chance.random() < WITHOUT_ANSWER else example)
    chance.shuffle(train)
    return train, development


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _example(row: dict[str, Any]) -> Example | None:
    passage = row["passage"]
    sentences = tuple(split_sentences(passage))
    if not sentences:
        return None
    spans = tuple(sorted({(a["start"], a["end"]) for a in row["answers"]})) if row["answerable"] else ()
    return Example(row["question"], row.get("title"), passage, sentences, spans, row.get("span_kind") != "sentence")


def _hidden(example: Example) -> Example:
    """The example without its answering sentences and without other sentences that hold an answer's text."""
    answers = {example.passage[a:b].casefold() for a, b in example.spans}
    kept = [
        example.passage[start:end]
        for (start, end), right in zip(example.sentences, example.labels, strict=True)
        if not right and not any(answer in example.passage[start:end].casefold() for answer in answers)
    ]
    if len(kept) < 2:
        return example
    spans, at = [], 0
    for text in kept:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    return Example(example.question, example.title, " ".join(kept), tuple(spans), (), example.exact)
