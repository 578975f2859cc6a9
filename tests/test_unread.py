"""Questions in a language that the embedding model does not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import store_of

from qa_service.embedding import FakeEmbedder
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranker
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import prepare_query
from qa_service.ranking.readable import is_unread, unread_languages
from qa_service.ranking.signals import SignalReader
from qa_service.records import Answer, ArticleDraft, ArticleMeta, Filters, Interpretation, Question, SourceMention
from qa_service.service import Service
from qa_service.settings import Settings

EN = frozenset({"en"})

ARTICLES = [
    ("ru-capital", "ru", "Бамако", "Бамако является столицей Мали. В городе живут два миллиона человек."),
    ("ru-river", "ru", "Нигер", "Река Нигер течёт через Мали и Нигерию. Летом она разливается широко."),
    ("ru-army", "ru", "Армия", "Армия страны насчитывает сорок тысяч солдат. Её штаб находится в Кати."),
    ("ar-capital", "ar", "باماكو", "باماكو هي عاصمة مالي. يسكن المدينة مليونا شخص."),
    ("ar-river", "ar", "النيجر", "يجري نهر النيجر في مالي ونيجيريا. يفيض النهر في الصيف."),
    ("ar-army", "ar", "الجيش", "يضم الجيش أربعين ألف جندي. يقع مقره في كاتي."),
    (
        "de-capital",
        "de",
        "Hauptstadt",
        "Bamako ist die Hauptstadt von Mali. In der Stadt leben zwei Millionen Menschen.",
    ),
    ("de-river", "de", "Fluss", "Der Fluss Niger fließt durch Mali und Nigeria. Im Sommer überschwemmt er das Land."),
    ("de-army", "de", "Armee", "Die Streitkräfte zählen vierzigtausend Soldaten. Ihr Hauptquartier liegt in Kati."),
    ("zh-capital", "zh", "巴马科", "巴马科是马里的首都。城里住着两百万人。"),
    ("zh-river", "zh", "尼日尔河", "尼日尔河流经马里和尼日利亚。夏天河水泛滥。"),
    ("ja-capital", "ja", "バマコ", "バマコはマリの首都である。街には二百万人が住んでいる。"),
    ("ja-river", "ja", "ニジェール川", "ニジェール川はマリとナイジェリアを流れる。夏には氾濫する。"),
    ("th-capital", "th", "บามาโก", "บามาโกเป็นเมืองหลวงของประเทศมาลี มีประชากรสองล้านคน"),
    ("th-river", "th", "แม่น้ำไนเจอร์", "แม่น้ำไนเจอร์ไหลผ่านประเทศมาลีและไนจีเรีย"),
    ("en-capital", "en", "Bamako", "Bamako is the capital of Mali. Two million people live in the city."),
    ("en-river", "en", "Niger", "The river Niger flows through Mali and Nigeria. In summer it floods the land."),
]

QUESTIONS = [
    ("Какой город является столицею Мали?", "ru-capital"),
    ("Через какие страны текут воды реки Нигера?", "ru-river"),
    ("Сколько солдат в армиях страны?", "ru-army"),
    ("ما هي العاصمة المالية باماكو؟", "ar-capital"),
    ("متى يفيض نهر النيجر؟", "ar-river"),
    ("كم عدد الجنود في الجيش؟", "ar-army"),
    ("Welche Stadt ist die Hauptstadt von Mali und wie viele Menschen leben dort?", "de-capital"),
    ("Durch welche Länder fließen die Flüsse Niger und andere?", "de-river"),
    ("马里的首都是哪里？", "zh-capital"),
    ("什么时候河水泛滥？", "zh-river"),
    ("マリの首都はどこですか？", "ja-capital"),
    ("ニジェール川はどこを流れますか？", "ja-river"),
    ("เมืองหลวงของประเทศมาลีคืออะไร", "th-capital"),
    ("แม่น้ำไนเจอร์ไหลผ่านประเทศใด", "th-river"),
]


def opened(
    index: Path, read: frozenset[str] | None = EN, articles: Sequence[tuple[str, str, str, str]] = ()
) -> Service:
    service = Service.open(Settings(index=index, model="fake"), FakeEmbedder(read))
    for article_id, language, title, text in articles:
        service.add_article(ArticleDraft(text, article_id=article_id, meta=ArticleMeta(title, language=language)))
    return service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(opened(tmp_path_factory.mktemp("unread"), EN, ARTICLES)) as made:
        yield made


def is_ranked_by_words(service: Service, question: str) -> bool:
    return prepare_query(question, store_of(service).snapshot(), service.embedder).words is not None


@pytest.mark.parametrize(("question", "article"), QUESTIONS)
def test_words_find_the_article(service: Service, question: str, article: str) -> None:
    assert is_ranked_by_words(service, question)
    answer = service.ask(Question(question, top_k=20))
    assert answer.passages[0].citation.article_id == article
    scores = [passage.score for passage in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    for passage in answer.passages:
        text = service.article(passage.citation.article_id).text
        assert text[passage.passage.start : passage.passage.end] == passage.passage.text
        assert all(text[e.start : e.end] == e.text for e in passage.evidence)
    assert service.ask(Question(question, top_k=20)) == answer
    assert service.ask(Question(question, top_k=2)).passages == answer.passages[:2]


@pytest.mark.parametrize(
    "question", ["What is the capital of Mali and who lives there?", "Bamako", "Mali 2024?", "?", "42"]
)
def test_what_the_model_reads_is_ranked_by_its_vectors(service: Service, question: str) -> None:
    assert not is_ranked_by_words(service, question)


def test_a_model_that_reads_all_ranks_every_question_by_its_vectors(tmp_path: Path) -> None:
    with closing(opened(tmp_path, None, ARTICLES)) as reads_all:
        assert not any(is_ranked_by_words(reads_all, question) for question, _ in QUESTIONS)


def test_a_question_without_a_word_of_the_collection_is_ranked_by_its_vectors(tmp_path: Path) -> None:
    with closing(opened(tmp_path, EN, [a for a in ARTICLES if a[0] in {"ru-river", "en-capital"}])) as small:
        question = Question("Когда родился президент Франции?", top_k=20)
        assert not is_ranked_by_words(small, question.question)
        by_vectors = small.ask(replace(question, retriever="dense"))
        assert [p.dense for p in small.ask(question).passages] == [p.dense for p in by_vectors.passages]


def test_inflected_words_lift_a_passage_that_the_first_stage_has_lower(tmp_path: Path) -> None:
    # Neither form of "governor" has the other's term; "Kidal" alone is in both, and the first article is the shorter.
    articles = [
        ("short", "uk", "А", "Кідаль на півночі."),
        ("right", "uk", "Б", "Призначення губернатора міста Кідаль відбулося влітку."),
        ("other", "uk", "В", "Бамако на півдні країни."),
    ]
    question = "Чи губернаторів Кідаль бачив?"
    with closing(opened(tmp_path, EN, articles)) as small:
        by_terms = small.ask(Question(question, retriever="lexical"))
        assert [p.citation.article_id for p in by_terms.passages] == ["short", "right"]
        assert small.ask(Question(question)).passages[0].citation.article_id == "right"
    with closing(Service.open(Settings(index=tmp_path, model="fake", late_interaction=False), FakeEmbedder(EN))) as off:
        assert off.ask(Question(question)).passages[0].citation.article_id == "short"


def test_filters_that_leave_no_article_with_a_word_of_the_question_still_rank_the_others(service: Service) -> None:
    found = service.ask(Question("Какой город является столицей?", filters=Filters(language=("en",)), top_k=20))
    assert {p.citation.meta.language for p in found.passages} == {"en"}


def test_other_retrievers_stay_what_they_are(service: Service) -> None:
    for retriever in ("dense", "lexical"):
        found = service.ask(Question("Какой город является столицей Мали?", retriever=retriever, top_k=20))
        own = [p.dense if retriever == "dense" else p.lexical for p in found.passages]
        assert [p.score for p in found.passages] == [pytest.approx(score) for score in own]


def test_how_the_collection_came_to_be_does_not_show(tmp_path: Path, service: Service) -> None:
    def answers(of: Service) -> list[Answer]:
        found = [of.ask(Question(question, top_k=20)) for question, _ in QUESTIONS]
        return [replace(a, collection=replace(a.collection, generation=0)) for a in found]

    with closing(opened(tmp_path, EN, list(reversed(ARTICLES)))) as other:
        other.add_article(ArticleDraft("Мали и ещё раз Мали, столица и река.", "gone", ArticleMeta(language="ru")))
        other.delete_article("gone")
        other.rebuild()
        assert answers(other) == answers(service)


def test_which_languages_are_not_read() -> None:
    assert unread_languages(("ar", "en", "ru"), EN) == ("ar", "ru")
    assert unread_languages(("ar", "en"), None) == ()


@pytest.mark.parametrize(
    ("question", "present", "unread"),
    [
        ("Где река?", ("en", "ru"), True),  # too short to be detected, but in letters that leave no choice
        ("Где река?", ("en",), False),
        ("Où est le fleuve Niger et combien de pays traverse-t-il ?", ("en", "fr"), True),
        ("Où est le fleuve Niger et combien de pays traverse-t-il ?", ("en", "ru"), False),
        ("Niger fleuve", ("en", "fr"), False),
        ("Who commands Африканский корпус in Bamako since summer?", ("en", "ru"), False),
        ("", ("en", "ru"), False),
    ],
)
def test_a_question_is_unread_in_a_language_of_the_collection(
    question: str, present: tuple[str, ...], unread: bool
) -> None:
    assert is_unread(question, present, EN) is unread


def test_a_word_is_as_important_as_the_commonest_of_its_terms(service: Service) -> None:
    # "Мали" is in three Russian passages, "Кати" in one: rarer and weightier. Stop words are left out.
    words = prepare_query("Какие города Мали и Кати?", store_of(service).snapshot(), service.embedder).words
    assert words is not None
    weights = dict(zip(words.words, words.weights.tolist(), strict=True))
    assert weights["кати"] > weights["мали"] > 0
    assert "и" not in weights
    assert np.isclose(words.weights.sum(), 1)


def test_a_question_of_stop_words_keeps_them(service: Service) -> None:
    words = prepare_query("ما هي؟", store_of(service).snapshot(), service.embedder).words
    assert words is not None
    assert words.words == ("ما", "هي")
    assert words.weights.tolist() == [0.5, 0.5]


def test_words_that_name_a_source_count_half(service: Service) -> None:
    named = Interpretation((SourceMention(0, 4, ("Кати",), ()),))
    question, snapshot = "Кати Кати Мали солдат", store_of(service).snapshot()
    plain = prepare_query(question, snapshot, service.embedder).words
    halved = prepare_query("Кати Мали солдат", snapshot, service.embedder, named).words
    assert plain is not None and halved is not None
    assert plain.words == halved.words == ("кати", "мали", "солдат")
    ratio = (halved.weights[0] / halved.weights[1]) / (plain.weights[0] / plain.weights[1])
    assert ratio == pytest.approx(0.5)


def test_signals_and_evidence_are_of_words(service: Service) -> None:
    snapshot = store_of(service).snapshot()
    query = prepare_query("столица Мали", snapshot, service.embedder)
    cache, preference = PassageCache(snapshot), Preference.of(snapshot, query.interpretation, Filters())
    ranker = Ranker(query, snapshot, cache, preference, retriever="hybrid", filters=Filters())
    signals = SignalReader(query, snapshot, ranker, cache).read(ranker.rank(Parameters.of(service.settings)))
    assert signals is not None and query.words is not None
    # "столицей" and "столица" share 5 of 8 and 7 trigrams, "Мали" is there: all of it in one sentence
    by_hand = query.words.weights @ np.array([2 * 5 / (8 + 7), 1])
    assert not signals.read
    assert (signals.sentence, signals.cosine) == (pytest.approx(by_hand), pytest.approx(by_hand))
