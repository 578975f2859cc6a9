"""Evidence, the composed answer and confidence, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qa_service.answering.evidence import find_evidence, find_word_evidence, possible_evidence
from qa_service.answering.extractive import compose_answer
from qa_service.embedding import FakeEmbedder
from qa_service.embedding.sentence_matches import TokenMatcher, sentence_cosines
from qa_service.records import ArticleMeta, Citation, Evidence, Passage, RankedPassage, SourceMention
from qa_service.records.encodings import BinaryTokens, TokenColumns
from qa_service.text.basic.word_similarity import WordMatcher

TEXT = "Gold rush. The mine at Loulo made gold. Rain fell in June. Its owner is Barrick."
SPANS = ((100, 110), (111, 139), (140, 158), (159, 180))


def passage(headings: tuple[bool, ...] = (True, False, False, False)) -> Passage:
    return Passage("p", "a", 100, 180, TEXT, 20, SPANS, headings)


def evidence_for(question: str, of: Passage, least: float = 0.0) -> list[str]:
    embedder = FakeEmbedder()
    asked, read = embedder.encode_query(question), embedder.encode_passage(f"Gold rush\n{of.text}", len("Gold rush\n"))
    weights = np.full(len(asked.token_vectors), 1 / max(1, len(asked.token_vectors)), np.float32)
    starts = np.array([start - of.start for start, _ in of.sentences])
    sentence = np.searchsorted(starts, read.token_spans[:, 0], side="right") - 1
    sentence[read.token_spans[:, 1] == 0] = -1  # the title's tokens
    tokens = TokenColumns.of([BinaryTokens(read.token_bits, sentence)])
    matcher = TokenMatcher(asked.token_vectors, weights)
    matches = matcher.match(tokens, 0.9)
    body = possible_evidence(of, matches, least)
    bits = [read.token_bits[sentence == matches.sentence[at]] for at in body]
    cosines = sentence_cosines(asked.vector, bits)
    found = find_evidence(of, matches, matcher.unit, weights.astype(np.float64), body, cosines, question)
    for e in found:
        assert of.text[e.start - of.start : e.end - of.start] == e.text
    return [e.text for e in found]


def test_the_sentence_that_matches_best_is_the_evidence() -> None:
    assert evidence_for("Rain in June", passage()) == ["Rain fell in June."]


def test_a_heading_is_never_evidence_however_well_it_matches() -> None:
    assert evidence_for("Gold rush", passage()) == ["The mine at Loulo made gold."]
    assert evidence_for("Gold rush", passage((True, True, True, True))) == []


def test_a_second_sentence_is_added_where_it_matches_what_the_first_leaves_open_in_order_of_the_text() -> None:
    found = evidence_for("owner is Barrick mine at Loulo", passage())
    assert found == ["The mine at Loulo made gold.", "Its owner is Barrick."]


def test_a_sentence_that_matches_too_little_is_no_evidence() -> None:
    assert evidence_for("Rain in June", passage(), least=0.5) == ["Rain fell in June."]
    assert evidence_for("Rain in June", passage(), least=0.9) == []


def test_a_sentence_of_another_year_is_no_evidence_where_one_of_the_asked_year_is_nearly_as_good() -> None:
    text = "In 2024 some 924 people died there. By May 2025 some 434 people died. Rain fell in 2023."
    spans = ((0, 35), (36, 69), (70, 88))
    of = Passage("p", "a", 0, 88, text, 20, spans, (False, False, False))
    assert evidence_for("How many people died there in 2024?", of) == [text[0:35]]
    assert evidence_for("How many people died there in 2025?", of) == [text[36:69]]
    # no sentence names 2022: the best stays, whatever its year
    assert evidence_for("How many people died there in 2022?", of) == [text[0:35]]


def test_nothing_is_evidence_for_a_question_without_tokens() -> None:
    assert evidence_for("", passage()) == []


def word_evidence_for(question: str, of: Passage, least: float = 0.0) -> list[str]:
    words = question.split()
    found = find_word_evidence(of, WordMatcher(words, np.full(len(words), 1 / len(words))), least)
    assert all(of.text[e.start - of.start : e.end - of.start] == e.text for e in found)
    return [e.text for e in found]


def test_words_choose_evidence_where_the_model_does_not_read() -> None:
    assert word_evidence_for("rains june", passage()) == ["Rain fell in June."]
    assert word_evidence_for("gold rush", passage()) == ["The mine at Loulo made gold."]
    assert word_evidence_for("owner barrick mine loulo", passage()) == [
        "The mine at Loulo made gold.",
        "Its owner is Barrick.",
    ]
    assert word_evidence_for("mine loulo made golden", passage()) == ["The mine at Loulo made gold."]
    assert word_evidence_for("gold rush", passage((True, True, True, True))) == []
    assert word_evidence_for("zzz", passage()) == []
    # _ra rai ain in_ and _ra rai ain ins ns_: 3 shared of 4 and 5, and "june" whole
    assert word_evidence_for("rains june", passage(), least=(2 * 3 / 9 + 1) / 2 - 1e-9) == ["Rain fell in June."]
    assert word_evidence_for("rains june", passage(), least=0.9) == []


def ranked(number: int, *evidence: Evidence, score: float = 1.0) -> RankedPassage:
    citation = Citation(number, "a", ArticleMeta(), 100, 180, "0" * 64)
    return RankedPassage(number, passage(), score, None, None, evidence, citation)


def test_the_answer_quotes_whole_sentences_with_their_citations() -> None:
    answer = compose_answer(
        [
            ranked(1, Evidence(111, 139, "The mine at Loulo made gold.", 0.5)),
            ranked(2, Evidence(159, 180, "Its owner is Barrick.", 0.52)),
        ]
    )
    assert answer is not None
    assert answer.text == "Its owner is Barrick. [2] The mine at Loulo made gold. [1]"
    assert [(answer.text[a.start : a.end], a.citation) for a in answer.annotations] == [
        ("Its owner is Barrick.", 2),
        ("The mine at Loulo made gold.", 1),
    ]


def test_the_answer_leaves_out_copies_and_weak_sentences() -> None:
    answer = compose_answer(
        [
            ranked(1, Evidence(111, 139, "The mine at Loulo made gold.", 0.9)),
            ranked(2, Evidence(0, 29, "The mine at  Loulo made gold.", 0.9)),
            ranked(3, Evidence(140, 158, "Rain fell in June.", 0.5)),
        ]
    )
    assert answer is not None
    assert answer.text == "The mine at Loulo made gold. [1]"


def test_a_sentence_of_a_better_passage_comes_before_one_that_is_hardly_better_itself() -> None:
    answer = compose_answer(
        [
            ranked(1, Evidence(111, 139, "The mine at Loulo made gold.", 0.5), score=0.6),
            ranked(2, Evidence(159, 180, "Its owner is Barrick.", 0.51), score=0.5),
        ]
    )
    # (1 + .5/.51) / 2 = .990 against (.5/.6 + 1) / 2 = .917, which is less than .95 of it
    assert answer is not None
    assert answer.text == "The mine at Loulo made gold. [1]"


def test_no_evidence_no_answer() -> None:
    assert compose_answer([]) is None
    assert compose_answer([ranked(1)]) is None


def said_by(outlet: str, passage: RankedPassage) -> RankedPassage:
    return replace(passage, citation=replace(passage.citation, meta=ArticleMeta(outlet=outlet)))


def test_where_the_word_of_sources_is_asked_for_nobody_else_is_quoted() -> None:
    passages = [
        said_by("Other", ranked(1, Evidence(111, 139, "The mine at Loulo made gold.", 0.9))),
        said_by("AFP", ranked(2, Evidence(159, 180, "Its owner is Barrick.", 0.5), score=0.5)),
        said_by("Nomad", ranked(3, Evidence(140, 158, "Rain fell in June.", 0.2), score=0.5)),
    ]
    afp, nomad, silent = SourceMention(0, 3, ("AFP",)), SourceMention(9, 14, ("Nomad",)), SourceMention(0, 1, ("X",))
    only = compose_answer(passages, sources=(afp,))
    assert only is not None
    assert only.text == "Its owner is Barrick. [2]"
    # each of them, in the question's order, however weak beside the other
    both = compose_answer(passages, sources=(nomad, afp, silent))
    assert both is not None
    assert both.text == "Rain fell in June. [3] Its owner is Barrick. [2]"
    # a source without evidence silences nobody
    assert compose_answer(passages, sources=(silent,)) == compose_answer(passages)


def test_a_copy_speaks_for_its_source() -> None:
    first = ranked(1, Evidence(111, 139, "The mine at Loulo made gold.", 0.9))
    copied = replace(said_by("Other", first), also_in=(said_by("AFP", first).citation,))
    answer = compose_answer(
        [copied, ranked(2, Evidence(159, 180, "Its owner is Barrick.", 0.9))], (), (SourceMention(0, 3, ("AFP",)),)
    )
    assert answer is not None
    assert answer.text == "The mine at Loulo made gold. [1]"
