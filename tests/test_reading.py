"""The reading of the first passages, by hand: features of sentences, probabilities, spans and signals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa_service.answering.bindings import BINDINGS
from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.evidence import find_read_evidence
from qa_service.answering.reading import (
    ANSWER_FEATURES,
    SENTENCE_FEATURES,
    HeadReading,
    ReadPassage,
    ReadSentence,
    read_head,
)
from qa_service.reader import Excerpt, Reading, Span
from qa_service.records import ArticleMeta, Passage

SUM = ConfidenceModel(0.0, {"sentence": 1.0})
"""The probability is that of the sentence's logit alone."""
TEXT = "Old mills of Harrow. The mill at Harrow closed in 1931. Who closed the mill at Harrow? It reopened in 1946."
SPANS = ((200, 220), (221, 255), (256, 286), (287, 307))
PASSAGE = Passage("p", "a", 200, 307, TEXT, 30, SPANS, (True, False, False, False))


class ListedReader:
    """Gives these logits and spans for the sentences of each excerpt."""

    model_id = "listed"
    languages = None

    def __init__(self, scores: Sequence[float], spans: Sequence[Span | None] = (), nothing: float = 0.0) -> None:
        self.scores, self.spans, self.nothing = scores, spans, nothing
        self.read_excerpts: list[tuple[str, Excerpt]] = []

    def count_pieces(self, text: str) -> int:
        return len(text)

    def read(self, question: str, excerpt: Excerpt) -> Reading:
        self.read_excerpts.append((question, excerpt))
        count = len(excerpt.sentences)
        spans = tuple(self.spans) or (None,) * count
        return Reading(1.5, tuple(self.scores[:count]), spans[:count], self.nothing)


def read(
    reader: ListedReader, question: str, passages: Sequence[Passage] = (PASSAGE,), tokens: int = 100
) -> HeadReading:
    keys = list(range(7, 7 + len(passages)))
    late = [[0.1 * at for at in range(len(passage.sentences))] for passage in passages]
    covered = [0.5] * len(passages)
    metas = [ArticleMeta("Mills")] * len(passages)
    return read_head(reader, SUM, question, keys, passages, metas, late, covered, tokens, {})


def test_each_sentence_has_the_features_of_the_regression() -> None:
    reader = ListedReader([-1.0, 2.0, 0.5, 0.0], [None, Span(21, 30, 3.0), None, None], nothing=0.5)
    (found,) = read(reader, "Who closed the mill at Harrow in 1946?").passages
    assert found.passage == 7
    assert found.answers == 1.5
    assert [sentence.number for sentence in found.sentences] == [1, 2, 3]  # a heading is context, never an answer
    assert all(set(sentence.features) == set(SENTENCE_FEATURES) for sentence in found.sentences)
    by_name = {name: [s.features[name] for s in found.sentences] for name in SENTENCE_FEATURES}
    assert by_name["sentence"] == [1.5, 0.0, -0.5]  # above "nothing answers"
    assert by_name["span"] == [3.0, -20.0, -20.0]
    assert by_name["answers"] == [1.5] * 3
    assert by_name["rank"] == [0.0] * 3  # ln 1
    assert by_name["late"] == pytest.approx([0.1, 0.2, 0.3])
    assert by_name["covered"] == [0.5] * 3
    assert by_name["year"] == [1, 0, 0]  # 1931 is not 1946; sentences without a year do not count
    assert by_name["echo"] == [0, 1, 0]  # the question in the text says nothing that is not asked
    grades = [sentence.grade for sentence in found.sentences]
    assert grades[0] == grades[2] == 1.0
    assert 0 < grades[1] < 1.0  # a question in the text
    expected = [grade / (1 + math.exp(-x)) for grade, x in zip(grades, by_name["sentence"], strict=True)]
    assert [sentence.probability for sentence in found.sentences] == pytest.approx(expected)


def test_the_reader_sees_headings_and_the_title() -> None:
    reader = ListedReader([0.0] * 4)
    read(reader, "When did the mill close?")
    ((_, seen),) = reader.read_excerpts
    assert (seen.title, seen.text) == ("Mills", TEXT)


def test_the_rank_counts_from_the_first_passage_and_the_question_is_passed_on() -> None:
    reader = ListedReader([0.0] * 4)
    found = read(reader, "When?", [PASSAGE, replace(PASSAGE, text=TEXT.replace("Harrow", "Barrow"))])
    assert [one.sentences[0].features["rank"] for one in found.passages] == [0.0, math.log(2)]
    assert [question for question, _ in reader.read_excerpts] == ["When?", "When?"]


def test_equal_excerpts_are_read_once() -> None:
    reader = ListedReader([0.0] * 4)
    found = read(reader, "When?", [PASSAGE, PASSAGE])
    assert len(reader.read_excerpts) == 1
    assert [one.passage for one in found.passages] == [7, 8]


def test_sentences_of_a_cut_passage_keep_their_numbers_and_spans_count_in_the_article() -> None:
    # 30 tokens of 107 characters; 15 tokens hold the last two sentences, the best by late interaction
    reader = ListedReader([1.0, 2.0], [Span(0, 3, 1.0), Span(31, 39, 1.0)])
    (found,) = read(reader, "When did it reopen?", tokens=15).passages
    assert [sentence.number for sentence in found.sentences] == [2, 3]
    assert found.sentences[0].features["late"] == pytest.approx(0.2)
    spans = [sentence.span for sentence in found.sentences]
    assert [TEXT[a - 200 : b - 200] for a, b in filter(None, spans)] == ["Who", "It reopened"]


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [(25, 29, "mill"), (26, 28, "mill"), (28, 31, "mill at"), (50, 52, "1931"), (0, 1, "Old"), (104, 106, "1946")],
)
def test_a_span_is_widened_to_whole_words(start: int, end: int, whole: str) -> None:
    assert TEXT[25:29] == "mill"
    reader = ListedReader([0.0] * 4, [Span(start, end, 0.0)] * 4)
    plain = replace(PASSAGE, headings=(False,) * 4)
    span = read(reader, "Why?", [plain]).passages[0].sentences[0].span
    assert span is not None
    assert TEXT[span[0] - 200 : span[1] - 200] == whole


def sentence(number: int, probability: float, span: float = 0.0) -> ReadSentence:
    return ReadSentence(number, probability, 1.0, None, dict.fromkeys(SENTENCE_FEATURES, 0.0) | {"span": span})


def test_the_signals_of_the_answer() -> None:
    reading = HeadReading(
        (
            ReadPassage(1, (sentence(0, 0.2), sentence(1, 0.6, span=2.5)), -1.0),
            ReadPassage(2, (sentence(0, 0.5), sentence(1, 0.3)), 3.0),
            ReadPassage(3, (), -2.0),
            ReadPassage(4, (sentence(0, 0.1),), 0.0),
        )
    )
    assert reading.best is not None
    assert (reading.best[0], reading.best[1].number) == (1, 1)
    found = reading.signals()
    assert set(found) == set(ANSWER_FEATURES)
    assert found["best"] == pytest.approx(math.log(0.6 / 0.4))
    assert found["second"] == pytest.approx(0.0)  # ln(.5 / .5)
    assert found["best_span"] == 2.5
    assert found["most"] == 3.0
    assert all(found[name] == 0 for name in BINDINGS)


def test_the_signals_without_a_second_sentence_or_without_any() -> None:
    one = HeadReading((ReadPassage(1, (sentence(0, 1.0),), 0.5),)).signals()
    assert one["second"] == pytest.approx(math.log(1e-9))
    assert one["best"] == pytest.approx(math.log(1e9))
    empty = HeadReading((ReadPassage(1, (), 0.5),))
    assert empty.best is None
    least = {name: 0.0 if name in BINDINGS else -20.0 for name in ANSWER_FEATURES}
    assert empty.signals() == least


def test_of_equal_sentences_the_first_is_best() -> None:
    passages = (ReadPassage(2, (sentence(0, 0.5), sentence(1, 0.5)), 0.0), ReadPassage(1, (sentence(0, 0.5),), 0.0))
    best = HeadReading(passages).best
    assert best is not None
    assert (best[0], best[1].number) == (2, 0)


def test_another_regression_gives_other_probabilities_to_the_same_sentences() -> None:
    reading = read(ListedReader([-1.0, 2.0, 0.5, 0.0]), "When did it close?")
    turned = reading.rescored(ConfidenceModel(0.5, {"sentence": -1.0}))
    assert turned.best is not None
    assert turned.best[1].number == 3
    assert turned.best[1].probability == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert turned.passages[0].sentences[1].probability < 0.5  # the question in the text keeps its grade
    assert turned.rescored(SUM) == reading


def test_an_answer_quotes_until_a_sentence_answers_with_probability_one_half() -> None:
    def quoted(*probabilities: float, shown: set[int] | None = None) -> list[float]:
        passages = tuple(ReadPassage(key, (sentence(0, p),), 0.0) for key, p in enumerate(probabilities))
        return [one.probability for one in HeadReading(passages).quoted(shown)]

    assert quoted(0.2, 0.9) == [0.9]
    assert quoted(0.4, 0.3, 0.2) == [0.4, 0.3]  # 1 - .6 * .7 is .58
    assert quoted(0.1, 0.2, 0.06, 0.15) == [0.2, 0.15, 0.1]  # three at most
    assert quoted(0.3, 0.04) == [0.3]  # too improbable to be a second sentence
    assert quoted(0.9, 0.3, 0.3, shown={1, 2}) == [0.3, 0.3]
    assert quoted(0.9, shown=set()) == []
    own = ReadPassage(1, (sentence(0, 0.1), sentence(1, 0.2), sentence(2, 0.15)), 0.0)
    found = HeadReading((own, ReadPassage(2, (sentence(0, 0.06),), 0.0))).quoted()
    assert [one.probability for one in found] == [0.2, 0.15, 0.06]  # two sentences of a passage at most


def test_evidence_is_the_two_most_probable_sentences_in_the_order_of_the_text() -> None:
    own = ReadPassage(7, (sentence(0, 0.3), sentence(1, 0.9), sentence(2, 0.1), sentence(3, 0.8)), 0.0)
    found = find_read_evidence(PASSAGE, own, 0.2)
    assert [one.text for one in found] == ["The mill at Harrow closed in 1931.", "It reopened in 1946."]
    assert [TEXT[one.start - 200 : one.end - 200] for one in found] == [one.text for one in found]
    assert [one.score for one in found] == [0.9, 0.8]
    assert all(one.read for one in found)
    assert [one.text for one in find_read_evidence(PASSAGE, own, 0.85)] == ["The mill at Harrow closed in 1931."]
    assert find_read_evidence(PASSAGE, own, 0.95) == ()


def test_a_quotation_of_several_sentences_is_one_piece_of_evidence_with_who_said_it() -> None:
    text = "“We lost the roof. We lost the wheel,” Ida Marsh said. Rain fell. The mill burned."
    ends = [text.index(end) + len(end) for end in ("roof.", "said.", "fell.", "burned.")]
    starts = [0, *(end + 1 for end in ends[:-1])]
    own = Passage("p", "a", 0, len(text), text, 30, tuple(zip(starts, ends, strict=True)), (False,) * 4)
    span = (12, 17)
    first = replace(sentence(0, 0.9), span=span)
    read_passage = ReadPassage(7, (first, sentence(1, 0.8), sentence(2, 0.1), sentence(3, 0.4)), 0.0)
    found = find_read_evidence(own, read_passage, 0.3)
    assert [one.text for one in found] == [text[: ends[1]], "The mill burned."]
    assert found[0].score == 0.9  # of its best sentence, with that sentence's span
    assert found[0].span == span
