"""Which words of the evidence match which of the question's: by hand, and through HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import fake_service

from qa_service.answering.matches import match_tokens, match_words
from qa_service.embedding import FakeEmbedder
from qa_service.embedding.binary_tokens import pack_bits
from qa_service.records import ArticleDraft, ArticleMeta, Match, Passage, Question
from qa_service.records.encodings import QueryEncoding
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.basic.word_similarity import WordMatcher
from qa_service.web import create_app

ASKED = "who is Prigozhin"
TEXT = "Old news. Prigozhin’s exit, a cease fire."
SENTENCE = (110, 141)
PASSAGE = Passage("p", "a", 100, 141, TEXT, 9, ((100, 109), SENTENCE), (False, False))
PIECES = ["Old", "Prig", "ozhin", "’", "s", "exit", ",", "cease", "fire"]
PRIG, OZHIN = (0.6, 0.7, 0.2, 0.0), (0.0, 0.96, 0.2, 0.1)


def tokens_matched(signs: dict[str, str]) -> tuple[Match, ...]:
    """Of the question's last word, in two pieces; passage pieces without signs have `----`."""
    spans = [(TEXT.index(piece), TEXT.index(piece) + len(piece)) for piece in PIECES]
    bits = pack_bits(np.array([[1 if sign == "+" else -1 for sign in signs.get(p, "----")] for p in PIECES], "f4"))
    vectors = np.array([(0, 0, 0, 1), (0, 0, 0, 1), PRIG, OZHIN], np.float32)
    asked = QueryEncoding(vectors[0], vectors, np.array([(0, 3), (4, 6), (7, 11), (11, 16)], np.int32))
    return match_tokens(PASSAGE, SENTENCE, asked, [(7, 16)], bits, np.array(spans, np.int32))


def test_pieces_of_one_word_are_one_match_of_whole_words() -> None:
    # (.6 + .7 - .2) / 2 = .55 and (.96 + .2 - .1) / 2 = .53: .54 in the mean. A comma and another sentence would give
    # (.6 + .7 + .2) / 2 = .75 and .63, and count nothing.
    (found,) = tokens_matched({"Prig": "++--", "ozhin": "-++-", ",": "++++", "Old": "++++"})
    assert found == Match(110, 121, 7, 16, pytest.approx(0.54, abs=1e-6))
    assert TEXT[found.start - 100 : found.end - 100] == "Prigozhin’s"
    assert ASKED[found.question_start : found.question_end] == "Prigozhin"


def test_neighbouring_words_are_one_run_and_others_are_not() -> None:
    # .55 with "fire", .53 with "cease" before it
    (run,) = tokens_matched({"fire": "++--", "cease": "-++-"})
    assert (TEXT[run.start - 100 : run.end - 100], run.similarity) == ("cease fire", pytest.approx(0.54, abs=1e-6))
    apart = tokens_matched({"fire": "++--", "exit": "-++-"})
    assert [TEXT[m.start - 100 : m.end - 100] for m in apart] == ["exit", "fire"]
    assert [m.similarity for m in apart] == [pytest.approx(0.53, abs=1e-6), pytest.approx(0.55, abs=1e-6)]
    assert {(m.question_start, m.question_end) for m in apart} == {(7, 16)}


def test_what_is_unlike_matches_nothing() -> None:
    assert tokens_matched({}) == ()  # (-.6 - .7 - .2) / 2 is the best there is
    nothing = QueryEncoding(np.zeros(4, "f4"), np.zeros((0, 4), "f4"), np.zeros((0, 2), np.int32))
    bits, spans = np.zeros((0, 1), np.uint8), np.zeros((0, 2), np.int32)
    assert match_tokens(PASSAGE, SENTENCE, nothing, [], bits, spans) == ()


def words_matched(question: str, words: list[str], text: str) -> list[tuple[str, str, float]]:
    passage = Passage("p", "a", 50, 50 + len(text), text, 9, ((50, 50 + len(text)),), (False,))
    matcher = WordMatcher(words, np.full(len(words), 1 / len(words)))
    found = match_words(passage, passage.sentences[0], question, matcher)
    return [(question[m.question_start : m.question_end], text[m.start - 50 : m.end - 50], m.similarity) for m in found]


def test_words_match_by_their_trigrams_where_the_model_does_not_read() -> None:
    # _ra rai ain in_ and _ra rai ain ins ns_: 3 shared of 4 and 5; the first of two alike; "of" is not asked for
    found = words_matched("Rains of June, zzz?", ["rains", "june", "zzz"], "Rain fell; rain of June’s.")
    assert found == [("Rains", "Rain", pytest.approx(2 * 3 / 9)), ("June", "June’s", 1.0)]


def test_pairs_of_letters_that_overlap_are_one_run() -> None:
    found = words_matched("马里的首都？", ["马里", "里的", "的首", "首都"], "巴马科是马里的首都。")
    assert found == [("马里的首都", "马里的首都", 1.0)]


PARTED = "What did the mayor of Port Vale open and who sings in Nursling?"
ARTICLES = {
    "a": "Port Vale news. The mayor of Port Vale opened a bridge. Rain fell on builders.",
    "s": "🙂 Sextons sing in Nursling’s church. Nobody else sings.",
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with closing(fake_service(tmp_path, answerable_threshold=0.0)) as opened:
        opened.ingest_drafts([ArticleDraft(text, name, ArticleMeta(language="en")) for name, text in ARTICLES.items()])
        yield opened


def matched(service: Service, question: str) -> set[tuple[str | None, str, str]]:
    """Of every match the part, the question's words and the article's, which must be whole and within evidence."""
    answer = service.ask(Question(question, matches=True))
    found = set()
    for passage in answer.passages:
        article = service.article(passage.citation.article_id).text
        assert passage.matches is not None
        for m in passage.matches:
            asked = question if m.part is None else answer.interpretation.parts[m.part].text
            for text, start, end in ((article, m.start, m.end), (asked, m.question_start, m.question_end)):
                assert not (text[start - 1 : start] + text[start]).isalnum() or start == 0
                assert not (text[end - 1] + text[end : end + 1]).isalnum() or end == len(text)
            assert any(e.start <= m.start and m.end <= e.end for e in passage.evidence)
            found.add((None if m.part is None else str(m.part), asked[m.question_start : m.question_end].lower(),
                       article[m.start : m.end].lower()))  # fmt: skip
    return found


def test_content_words_are_matched_within_the_evidence(service: Service) -> None:
    found = matched(service, "Which mayor is of Port Vale?")
    assert {(None, "mayor", "mayor"), (None, "port", "port"), (None, "vale", "vale")} <= found
    assert not {asked for _, asked, _ in found} & {"which", "is", "of"}


def test_each_part_is_matched_by_its_own_words(service: Service) -> None:
    found = matched(service, PARTED)
    assert {("0", "mayor", "mayor"), ("1", "nursling", "nursling’s")} <= found
    assert not {asked for part, asked, _ in found if part == "0"} & {"nursling", "sings"}
    assert not {asked for part, asked, _ in found if part == "1"} & {"mayor", "port", "vale"}


def test_a_question_that_is_not_read_is_matched_by_words(tmp_path: Path) -> None:
    text = "🙂 Бамако является столицей Мали. В городе живут люди."
    with closing(
        Service.open(Settings(index=tmp_path, model="fake", answerable_threshold=0), FakeEmbedder(frozenset({"en"})))
    ) as opened:
        opened.add_article(ArticleDraft(text, "ru", ArticleMeta(language="ru")))
        # "столица" and "столицей" share 5 of 7 and 8 trigrams
        (passage,) = opened.ask(Question("Где столица Мали?", matches=True)).passages
    assert passage.matches is not None
    assert [(text[m.start : m.end], m.question_start, m.question_end, m.similarity) for m in passage.matches] == [
        ("столицей", 4, 11, pytest.approx(2 * 5 / 15)),
        ("Мали", 12, 16, 1.0),
    ]


def test_where_there_is_no_evidence_nothing_matches(service: Service) -> None:
    asked = Question("Which mayor is of Port Vale?", matches=True)
    (declined,) = service.ask_under(asked, [service.settings.model_copy(update={"answerable_threshold": 1.0})])
    assert [passage.matches for passage in declined.passages] == [(), ()]


def test_nothing_else_changes(service: Service) -> None:
    for question in ("Which mayor is of Port Vale?", PARTED):
        plain, told = (service.ask(Question(question, matches=matches)) for matches in (False, True))
        assert all(passage.matches is None for passage in plain.passages)
        assert replace(told, passages=tuple(replace(p, matches=None) for p in told.passages)) == plain


def test_matches_go_out_where_they_are_asked_for_and_have_no_key_elsewhere(service: Service) -> None:
    client = create_app(service).test_client()
    asked = {"question": "Who sings in Nursling?", "top_k": 1}
    plain = client.post("/v1/ask", json=asked).get_json()
    told = client.post("/v1/ask", json=asked | {"matches": True}).get_json()
    by_address = client.get("/v1/ask?question=Who%20sings%20in%20Nursling?&top_k=1&matches=true").get_json()
    assert by_address["passages"] == told["passages"]
    assert "matches" not in json.dumps(plain)
    (passage,) = told["passages"]
    found = passage.pop("matches")
    assert passage == plain["passages"][0]
    at = ARTICLES["s"].index("Nursling")
    (nursling,) = [m for m in found if (m["start_char_index"], m["question_start"]) == (at, 13)]
    # a vector's cosine with its own signs: the sum of its absolute values over the root of 64
    own = np.abs(FakeEmbedder().encode_query("nursling").token_vectors[0]).sum() / 8
    assert nursling == {
        "start_char_index": at,
        "end_char_index": at + len("Nursling’s"),
        "question_start": 13,
        "question_end": 21,
        "similarity": pytest.approx(float(own), abs=1e-6),
        "part": None,
    }
