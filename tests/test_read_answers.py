"""Answers that a reader reads, through `Service`: what is quoted, its span, confidence, limits, and passages alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import fake_service

from qa_service.options.answer_body import answer_body
from qa_service.reader import Excerpt, FakeReader, Reading
from qa_service.records import Answer, ArticleDraft, ArticleMeta, Question, Turn
from qa_service.service import Service
from qa_service.settings import Settings

LIGHTHOUSE = (
    "The lighthouse of Calder Point is loved by painters. Its lantern was built by Oswin Thrale in 1874. "
    "Visitors climb 212 steps. The keeper sells honey in summer."
)
HARBOUR = (
    "The harbour of Calder Point was dredged in 1990. The lighthouse keeper, Edda Quill, asked for a longer pier. "
    "Fishing boats land herring every morning."
)
FESTIVAL = (
    "Calder Point holds a kite festival in August. The festival was founded by Ruben Achterberg. "
    "Nobody remembers who painted the lighthouse last. The bakery opens at five."
)
DRAFTS = [
    ArticleDraft(LIGHTHOUSE, "lighthouse", ArticleMeta("Painters at the coast", outlet="Calder Gazette")),
    ArticleDraft(HARBOUR, "harbour", ArticleMeta("Pier wanted", outlet="Shipping News")),
    ArticleDraft(FESTIVAL, "festival", ArticleMeta("Kites", outlet="Calder Gazette")),
    ArticleDraft("Turnips grow slowly in Wend. The farmer there owns a red tractor.", "turnips"),
]
TEXTS = {one.article_id: one.text for one in DRAFTS}
LANTERN = "Who built the lantern of the lighthouse at Calder Point?"
ALWAYS = {"answerable_threshold": 0.0, "reader": "fake"}
"""Every question with evidence is answered, whatever the coefficients of the confidence."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with fake_service(tmp_path_factory.mktemp("index"), **ALWAYS) as opened:
        opened.ingest_drafts(DRAFTS)
        yield opened


def with_settings(service: Service, **changes: Any) -> Settings:
    return Settings.model_validate(dict(service.settings) | changes)


def under(service: Service, question: Question, **changes: Any) -> Answer:
    """The answer under other settings of answering."""
    return service.ask_under(question, [with_settings(service, **changes)])[0]


def first_quoted(answer: Answer) -> str:
    assert answer.answer is not None
    note = answer.answer.annotations[0]
    return answer.answer.text[note.start : note.end]


def as_bytes(answer: Answer) -> bytes:
    return json.dumps(answer_body(answer, base="", request_id="-", took_ms=0.0), sort_keys=True).encode()


class MarkedReader(FakeReader):
    """Is sure of every sentence with one of the marks, and sure that no other answers. It lists what it reads.

    Its logits are so large that they decide, whatever the coefficients.
    """

    def __init__(self, *marks: str) -> None:
        self.marks = marks
        self.excerpts: list[Excerpt] = []

    def read(self, question: str, excerpt: Excerpt) -> Reading:
        self.excerpts.append(excerpt)
        marked = [any(mark in excerpt.text[a:b] for mark in self.marks) for a, b in excerpt.sentences]
        found = zip(marked, super().read(question, excerpt).spans, strict=True)
        spans = tuple(span and replace(span, score=30.0 if own else -30.0) for own, span in found)
        return Reading(12.0, tuple(100.0 if own else -100.0 for own in marked), spans, 0.0)


def marked_service(index: Path, monkeypatch: pytest.MonkeyPatch, *marks: str) -> tuple[Service, MarkedReader]:
    reader = MarkedReader(*marks)
    monkeypatch.setattr("qa_service.service.models.open_reader", lambda setting: reader)
    service = fake_service(index, **ALWAYS)
    service.ingest_drafts(DRAFTS)
    return service, reader


@pytest.mark.parametrize("mark", ["Oswin Thrale", "212 steps", "sells honey", "longer pier", "bakery"])
def test_the_first_sentence_is_the_one_that_the_reader_prefers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    service, _ = marked_service(tmp_path, monkeypatch, mark)
    with service:
        answer = service.ask(LANTERN)
        assert mark in first_quoted(answer)
        (ranked,) = [one for one in answer.passages if mark in one.passage.text]
        assert any(mark in one.text for one in ranked.evidence)


def test_without_a_reader_late_interaction_chooses_and_there_is_no_span(service: Service) -> None:
    answer = under(service, Question("Who sells honey in summer?"), reader="none", reader_tokens=0)
    assert first_quoted(answer) == "The keeper sells honey in summer."
    assert answer.answer is not None
    assert answer.answer.span is None
    assert not any(one.read for ranked in answer.passages for one in ranked.evidence)


@pytest.mark.parametrize(
    "question",
    [LANTERN, "Who is the keeper of the lighthouse?", "Who founded the festival?", "How many steps do visitors climb?"],
)
@pytest.mark.parametrize("retriever", ["hybrid", "dense", "lexical"])
def test_the_span_is_a_slice_of_the_article_inside_the_first_quoted_sentence(
    service: Service, question: str, retriever: str
) -> None:
    answer = service.ask(question, retriever=retriever)
    assert answer.answer is not None
    span = answer.answer.span
    assert span is not None
    (cited,) = [one for one in answer.passages if one.citation.number == span.citation]
    article = service.article(cited.citation.article_id)
    assert article.text[span.start : span.end] == span.text
    assert span.text in first_quoted(answer)
    assert span.citation == answer.answer.annotations[0].citation
    (quoted,) = [one for one in cited.evidence if one.text == first_quoted(answer)]
    assert quoted.start <= span.start < span.end <= quoted.end
    body = json.loads(as_bytes(answer))["answer"]["span"]
    assert body["text"] == span.text


LIMITS: list[dict[str, Any]] = [
    {"top_k": 1},
    {"top_k": 2},
    {"top_k": 50},
    {"max_per_article": 1},
    {"max_per_outlet": 1},
    {"max_context_tokens": 1},
    {"max_context_tokens": 40},
    {"top_k": 3, "max_per_outlet": 1, "max_context_tokens": 90},
]


@pytest.mark.parametrize("question", [LANTERN, "Who founded the festival and how many steps do visitors climb?"])
@pytest.mark.parametrize("retriever", ["hybrid", "dense", "lexical"])
def test_limits_do_not_change_the_confidence(service: Service, question: str, retriever: str) -> None:
    free = service.ask(question, retriever=retriever).confidence
    assert 0 < free < 1
    for limits in LIMITS:
        assert service.ask(question, retriever=retriever, **limits).confidence == free, limits


def test_a_smaller_top_k_is_the_beginning_of_a_larger_one(service: Service) -> None:
    whole = [one.passage for one in service.ask(LANTERN, top_k=10).passages]
    for top_k in (1, 2, 3, 5):
        assert [one.passage for one in service.ask(LANTERN, top_k=top_k).passages] == whole[:top_k]


def rank_of(answer: Answer, article_id: str) -> int:
    return next(one.rank for one in answer.passages if one.passage.article_id == article_id)


def test_a_limit_that_leaves_the_better_passage_out_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = marked_service(tmp_path, monkeypatch, "bakery")
    with service:
        free = service.ask(LANTERN)
        assert "bakery" in first_quoted(free)
        assert free.answer is not None
        assert free.answer.note is None
        rank = rank_of(free, "festival")
        assert rank > 1
        for top_k in range(1, 5):
            answer = service.ask(LANTERN, top_k=top_k).answer
            assert answer is not None
            assert (answer.note is not None) == (top_k < rank), top_k
        short = service.ask(LANTERN, top_k=1).answer
        assert short is not None
        assert short.note is not None
        assert "top_k = 1" in short.note
        assert "bakery" not in short.text  # only shown passages are quoted
        assert json.loads(as_bytes(service.ask(LANTERN, top_k=1)))["answer"]["note"] == short.note


def test_the_note_names_the_limits_of_the_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = marked_service(tmp_path, monkeypatch, "bakery")
    with service:
        limits = {"top_k": 4, "max_per_outlet": 1}  # the lighthouse's article is of the same outlet, and better
        answer = service.ask(LANTERN, **limits)
        assert {one.passage.article_id for one in answer.passages} >= {"lighthouse"}
        assert "festival" not in {one.passage.article_id for one in answer.passages}
        assert answer.answer is not None
        assert answer.answer.note is not None
        assert "max_per_outlet = 1" in answer.answer.note
        assert "max_per_article" not in answer.answer.note
        assert "max_context_tokens" not in answer.answer.note


@pytest.mark.parametrize("answer", [True, False])
def test_limits_that_leave_nothing_to_quote_are_the_reason(service: Service, answer: bool) -> None:
    found = service.ask(LANTERN, max_context_tokens=1, answer=answer)
    assert found.passages == ()
    assert found.declined is not None
    assert found.declined.reason == "limits"
    assert "max_context_tokens = 1" in found.declined.message
    assert found.confidence == service.ask(LANTERN, answer=answer).confidence
    assert service.ask(LANTERN, answer=answer).declined is None
    assert under(service, Question(LANTERN, max_context_tokens=1), answerable_threshold=1.0).declined is None


@pytest.mark.parametrize("question", ["???", "\U0001f680?", "\u0301\u0301", "— …"])
def test_a_question_without_words_finds_nothing(service: Service, question: str) -> None:
    assert service.ask(question).confidence == 0.0


def test_limits_that_keep_the_better_passage_are_not_noted(service: Service) -> None:
    best = first_quoted(service.ask(LANTERN))
    for limits in LIMITS:
        answer = service.ask(LANTERN, **limits)
        kept = any(best in one.passage.text for one in answer.passages)
        if answer.answer is not None:
            assert (answer.answer.note is None) == kept, limits


def test_a_copy_of_the_better_passage_counts_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = marked_service(tmp_path, monkeypatch, "bakery")
    with service:
        service.ingest_drafts([ArticleDraft(FESTIVAL, "reprint", ArticleMeta("Kites", outlet="Daily"))])
        free = under(service, Question(LANTERN), outlet_step=0.0)
        assert "festival" in {one.passage.article_id for one in free.passages}
        # the outlet of "festival" has a better passage, so the cap leaves "festival" to its copy in another outlet
        capped = under(service, Question(LANTERN, max_per_outlet=1), outlet_step=0.0)
        (copy,) = [one for one in capped.passages if one.passage.article_id == "reprint"]
        assert [one.article_id for one in copy.also_in] == ["festival"]
        assert capped.answer is not None
        assert capped.answer.note is None


class UnwantedReader(FakeReader):
    def read(self, question: str, excerpt: Excerpt) -> Reading:
        raise AssertionError("nothing may be read")


def _unwanted(setting: str) -> UnwantedReader | None:
    return None if setting == "none" else UnwantedReader()


@pytest.fixture
def unread(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service whose reader fails when it reads."""
    monkeypatch.setattr("qa_service.service.models.open_reader", _unwanted)
    with fake_service(tmp_path / "unread", **ALWAYS) as opened:
        opened.ingest_drafts(DRAFTS)
        yield opened


@pytest.mark.parametrize("question", [LANTERN, "Who founded the festival and how many steps do visitors climb?"])
def test_passages_alone_are_what_a_service_without_a_reader_returns(
    service: Service, unread: Service, tmp_path: Path, question: str
) -> None:
    with pytest.raises(AssertionError, match="nothing may be read"):
        unread.ask(question)
    alone = unread.ask(question, answer=False)
    assert alone.answer is None
    assert alone.answerable
    with fake_service(unread.settings.index, **ALWAYS | {"reader": "none"}) as without:
        plain = without.ask(question)
    assert plain.answer is not None
    assert alone.confidence == plain.confidence
    assert alone.passages == plain.passages  # with the evidence by late interaction
    assert any(one.evidence for one in alone.passages)
    assert alone.perspectives == ()
    read = service.ask(question)
    assert [one.passage for one in alone.passages] == [one.passage for one in read.passages]
    assert [one.score for one in alone.passages] == [one.score for one in read.passages]


def test_passages_alone_of_a_follow_up_are_not_read_either(unread: Service) -> None:
    history = (Turn("Who built the lantern of the lighthouse?", "Oswin Thrale"),)
    answer = unread.ask("And when was it dredged?", history=history, answer=False)
    assert answer.answer is None
    assert answer.passages


def test_passages_alone_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.service.models.open_contradiction_model", lambda name: lambda one, other: 1.0)
    with fake_service(tmp_path, nli_model="of the test", **ALWAYS | {"reader": "none"}) as service:
        texts = {"A": "The dam at Wend holds 20 litres.", "B": "The dam at Wend holds 90 litres."}
        service.ingest_drafts([ArticleDraft(text, name, ArticleMeta(outlet=name)) for name, text in texts.items()])
        asked = "How many litres holds the dam at Wend?"
        assert service.ask(asked).disagreements
        assert service.ask(asked, answer=False).disagreements == ()


def test_passages_alone_can_be_declined(service: Service) -> None:
    asked = Question("What is the boiling point of gallium in kelvin?", answer=False)
    declined = under(service, asked, answerable_threshold=1.0)
    assert not declined.answerable
    assert declined.answer is None
    assert declined.passages
    assert not any(one.evidence for one in declined.passages)
    nothing = service.ask(LANTERN, answer=False, max_context_tokens=1)
    assert (nothing.answerable, nothing.answer, nothing.passages) == (False, None, ())


def test_zero_tokens_read_nothing(unread: Service) -> None:
    asked = Question(LANTERN)
    answer = under(unread, asked, reader_tokens=0)
    assert answer.answer is not None
    assert answer.answer.span is None
    assert answer.confidence == unread.ask(LANTERN, answer=False).confidence


def test_few_tokens_read_the_best_sentence_of_each_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, reader = marked_service(tmp_path, monkeypatch, "bakery")
    with service:
        asked = Question("Was the lantern built by Oswin?")
        under(service, asked, reader_tokens=1)
        assert [len(one.sentences) for one in reader.excerpts] == [1] * len(DRAFTS)
        assert any("lantern was built" in one.text for one in reader.excerpts)
        reader.excerpts.clear()
        under(service, asked)
        assert sorted(one.text for one in reader.excerpts) == sorted(TEXTS.values())


def test_each_part_of_a_question_is_answered_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, _ = marked_service(tmp_path, monkeypatch, "Ruben Achterberg", "212 steps", "herring")
    asked = "Who founded the festival and how many steps do visitors climb?"
    with service:
        answer = service.ask(asked)
        assert len(answer.interpretation.parts) == 2
        assert answer.answer is not None
        quoted = [answer.answer.text[note.start : note.end] for note in answer.answer.annotations]
        by_part = {one.part: one.text for ranked in answer.passages for one in ranked.evidence if one.text in quoted}
        assert set(by_part) == {0, 1}
        assert answer.answer.span is not None
        assert answer.answer.span.text in quoted[0]
        alone = service.ask(asked, answer=False)
        assert alone.answer is None
        assert len(alone.interpretation.parts) == 2
        assert alone.answerable


def test_settings_asked_together_answer_as_each_alone(service: Service) -> None:
    variants = [
        with_settings(service, **changes)
        for changes in (
            {},
            {"reader_tokens": 0},
            {"reader_tokens": 1},
            {"reader_tokens": 60},
            {"dense_weight": 0.0},
            {"dense_weight": 1.0},
            {"late_interaction": False},
            {"answerable_threshold": 1.0},
            {"collapse_duplicates": False, "outlet_step": 0.4},
        )
    ]
    for asked in (
        Question(LANTERN),
        Question("Who founded the festival and how many steps do visitors climb?", top_k=2),
        Question("Who is the keeper?", retriever="lexical", max_per_outlet=1),
        Question(LANTERN, answer=False),
    ):
        together = service.ask_under(asked, variants)
        alone = [service.ask_under(asked, [one])[0] for one in variants]
        assert [as_bytes(one) for one in together] == [as_bytes(one) for one in alone]
        assert [as_bytes(one) for one in service.ask_under(asked, variants[::-1])] == [as_bytes(a) for a in alone[::-1]]


def test_history_does_not_show(tmp_path: Path, service: Service) -> None:
    with fake_service(tmp_path, **ALWAYS) as moved:
        moved.ingest_drafts([DRAFTS[3], ArticleDraft("The lantern of the lighthouse was sold.", "gone"), DRAFTS[0]])
        moved.delete_article("gone")
        moved.delete_article("lighthouse")
        for draft in (DRAFTS[2], DRAFTS[0], DRAFTS[1]):
            moved.ingest_drafts([draft])
        for question in (LANTERN, "Who founded the festival and how many steps do visitors climb?"):
            for options in ({}, {"top_k": 1}, {"answer": False}, {"retriever": "dense"}):
                here, there = (json.loads(as_bytes(one.ask(question, **options))) for one in (moved, service))
                for body in (here, there):
                    body["collection"].pop("generation")
                assert here == there
