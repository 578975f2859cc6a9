"""Questions of what an abbreviation stands for: how sure an answer is, and what it quotes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import fake_service

from qa_service.answering.confidence import DEFINED, Confidence, ConfidenceModel
from qa_service.ranking.signals import FEATURES, Signals
from qa_service.records import ArticleDraft, ArticleMeta, Question
from qa_service.service import Service

LONG = "Jama'at Nasr al-Islam wal Muslimin (JNIM) blocks the road to Gao."
TEXTS = [
    f"The drivers stay at home. {LONG} Nobody knows why.",
    "JNIM stands near Gao. JNIM fighters wait for the lorries.",
    "An ACLED report stands on the table. What does it mean, asks ACLED.",
    "The mine at Loulo gives gold. Many work there.",
]
ASKED = [
    "What does JNIM stand for?",
    "JNIM stands for what?",
    "What is the full name of JNIM?",
    "What does the abbreviation JNIM mean?",
    "Do you know what JNIM stands for?",
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = fake_service(tmp_path, answerable_threshold=0.9)
    service.ingest_drafts(ArticleDraft(text, f"a{n}", ArticleMeta(language="en")) for n, text in enumerate(TEXTS))
    yield service
    service.close()


def signals(defined: bool | None) -> Signals:
    return Signals(True, **dict.fromkeys(("sentence", *FEATURES), 0.0), defined=defined)


def test_what_is_spelled_out_is_sure_and_what_is_not_far_less_so_than_by_the_model() -> None:
    unsure = Confidence(*[ConfidenceModel(-4.0, {})] * 4)
    surer = Confidence(*[ConfidenceModel(4.0, {})] * 4)
    assert unsure.of(signals(True)) == DEFINED
    assert surer.of(signals(True)) == pytest.approx(0.982, abs=5e-4)  # 1 / (1 + e^-4): surer than the rule
    assert surer.of(signals(False)) == pytest.approx(0.295, abs=5e-4)  # .3 of it
    assert surer.of(signals(None)) == pytest.approx(0.982, abs=5e-4)  # no abbreviation is asked about


@pytest.mark.parametrize("question", ASKED)
def test_what_is_spelled_out_is_answered_by_the_sentence_that_does(service: Service, question: str) -> None:
    answer = service.ask(Question(question))
    assert answer.interpretation.abbreviation == "JNIM"
    assert answer.confidence >= DEFINED
    assert answer.answer is not None
    assert [answer.answer.text[a.start : a.end] for a in answer.answer.annotations] == [LONG]
    # the second article has JNIM and "stands" as well, and likeness alone would have it for evidence
    assert [e.text for p in answer.passages for e in p.evidence] == [LONG]


@pytest.mark.parametrize("question", ["What does ACLED stand for?", "What does the abbreviation ACLED mean?"])
def test_what_is_nowhere_spelled_out_is_not_surer(service: Service, question: str) -> None:
    answer = service.ask(Question(question))
    assert answer.interpretation.abbreviation == "ACLED"
    assert answer.confidence == 0.3 * service.ask(Question(question, interpret=False)).confidence
    assert not answer.answerable


def test_without_interpretation_nothing_is_looked_up(service: Service) -> None:
    asked = Question(ASKED[0], interpret=False)
    assert service.ask(asked).interpretation.abbreviation is None
    assert service.ask(asked).confidence < DEFINED


def test_a_part_of_a_question_is_answered_by_its_definition(service: Service) -> None:
    answer = service.ask(Question("Who sings in Nursling and what does JNIM stand for?"))
    _, part = answer.interpretation.parts
    assert part.confidence == answer.confidence >= DEFINED
    assert answer.answer is not None
    assert answer.answer.text.startswith(f"{LONG} [")


def test_a_heading_that_spells_it_out_cannot_be_quoted_and_counts_nothing(tmp_path: Path) -> None:
    service = fake_service(tmp_path, answerable_threshold=0.9)
    text = "Drivers fear Random Access Memory (RAM)\n\nThe RAM is slow. Nobody knows why it is so slow today."
    service.ingest_drafts([ArticleDraft(text, "a", ArticleMeta("Drivers fear Random Access Memory (RAM)"))])
    answer = service.ask(Question("What does RAM stand for?"))
    assert answer.passages[0].passage.headings[0]
    assert answer.confidence < DEFINED
    service.close()
