"""Whether a sentence is about what the question names, with expectations by hand."""

from __future__ import annotations

from datetime import date

import pytest

from qa_service.answering.bindings import BINDINGS, AskedFor
from qa_service.records import ArticleMeta, Passage
from qa_service.text.claims.name_matching import name_phrases, name_places
from qa_service.text.question.times import Days, days_of, meet, whole_year


def about(question: str, *sentences: str, meta: ArticleMeta | None = None) -> list[dict[str, float]]:
    """The values of each sentence of a passage of these sentences."""
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = spans[-1][1] + 1 if spans else 0
        spans.append((start, start + len(sentence)))
    passage = Passage("p", "a", 0, len(text), text, 1, tuple(spans))
    return list(AskedFor(question).of(passage, meta or ArticleMeta(), range(len(sentences))))


def value(name: str, question: str, *sentences: str, meta: ArticleMeta | None = None) -> float:
    """The value of the first sentence."""
    return about(question, *sentences, meta=meta)[0][name]


def test_a_question_without_names_and_dates_binds_nothing() -> None:
    found = about("How high is the dam?", "The dam is 12 metres high.", "It was built in 1950.")
    assert found == [dict.fromkeys(BINDINGS, 0.0)] * 2


@pytest.mark.parametrize(
    ("question", "sentence", "share"),
    [
        ("Who is the mayor of Tolve?", "The mayor of Tolve is Ann Reed.", 0.0),
        ("Who is the mayor of Tolve?", "The mayor of Garn is Ann Reed.", 1.0),
        ("Who is the mayor of Tolve?", "Tolve's mayor is Ann Reed.", 0.0),
        ("Who is the mayor of Tolve?", "The mayor of TOLVE is Ann Reed.", 0.0),
        ("Who is the mayor of Tolve?", "The mayor of Tolverton is Ann Reed.", 1.0),
        ("How many mercenaries are in Niger?", "The Nigerien army has 300 mercenaries.", 0.0),
        ("How many mercenaries are in Niger?", "The Nigerian army has 300 mercenaries.", 1.0),
        ("Did Tolve sue Garn?", "Tolve has a lawyer.", 0.5),  # one of two names
        ("Who leads Tolve Water Board?", "The head of Tolve Water is Ann Reed.", 1.0),  # a word of the name lacks
        ("Who led the U.S. team?", "The US team followed Ann Reed.", 0.0),
        ("Who flew the B-52?", "Ann Reed flew the B-17.", 0.5),  # "B" is there, 52 is not
        ("Who bought 2400 boats?", "Ann Reed bought 2,400 boats.", 0.0),
        ("Who spoke on Monday, 3 May 2024?", "Ann Reed spoke.", 0.0),  # days are no names
    ],
)
def test_absent_names(question: str, sentence: str, share: float) -> None:
    assert value("absent", question, sentence) == share


def test_title_and_outlet_name_things_too() -> None:
    asked, said = "Who is the mayor of Tolve?", "The mayor, Ann Reed, resigned."
    assert value("absent", asked, said, meta=ArticleMeta(title="Tolve in turmoil")) == 0
    assert value("absent", asked, said, meta=ArticleMeta(outlet="Tolve Courier")) == 0
    assert value("absent", asked, said, meta=ArticleMeta(outlet="Courier")) == 1


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("The Marl Bridge opened.", 0.0),
        ("The Marl Road Bridge opened.", 0.0),  # a word may stand between
        ("The Marl-Bridge opened.", 0.0),
        ("The ferry Marl left before the Garn Bridge opened.", 1.0),
        ("Behind Marl, Bridge Street opened.", 1.0),
        ("The bridge opened.", 0.0),  # "Marl" is absent, so nothing stands apart
    ],
)
def test_the_words_of_a_name_stand_together(sentence: str, share: float) -> None:
    assert value("apart", "When did the Marl Bridge open?", sentence) == share


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("Who won in 2023?", "Ann Reed won in 2023.", 0),
        ("Who won in 2023?", "Ann Reed won in 2022.", 1),
        ("Who won in 2023?", "Ann Reed won in March 2023.", 0),
        ("Who won in 2023?", "Ann Reed won.", 0),
        ("Who won in 2023?", "Ann Reed has won since 2020.", 0),
        ("Who won in 2019?", "Ann Reed has won since 2020.", 1),
        ("Who won in 2023?", "Ann Reed won last year.", 0),  # published in 2024
        ("Who won in 2023?", "Ann Reed won two years ago.", 1),
        ("Who won in 2023?", "Ann Reed won this year.", 1),
        ("Who won in 2023?", "Ann Reed won the 2022 prize.", 1),
        ("Who won in March 2023?", "Ann Reed won in May 2023.", 1),
        ("Who won after May 2023?", "Ann Reed won in April 2023.", 1),
        ("Who won from April to June 2023?", "Ann Reed won in May 2023.", 0),
        ("Who won from April to June 2023?", "Ann Reed won from January to March 2023.", 1),
        ("Who won?", "Ann Reed won in 2022.", 0),
        ("Who got 2023 votes?", "Ann Reed got $2,022.", 0),
    ],
)
def test_other_days(question: str, sentence: str, other: float) -> None:
    assert value("year", question, sentence, meta=ArticleMeta(published=date(2024, 6, 1))) == other


def test_a_sentence_is_dated_by_itself_its_title_or_its_publication() -> None:
    asked, said = "Who won in 2023?", "Ann Reed won."
    assert value("undated", asked, said) == 1
    assert value("undated", asked, said, meta=ArticleMeta(published=date(2023, 6, 1))) == 0
    assert value("undated", asked, said, meta=ArticleMeta(title="The prizes of 2023")) == 0
    assert value("undated", asked, said, meta=ArticleMeta(published=date(2024, 6, 1))) == 1
    assert value("undated", asked, "Ann Reed won in 2023.") == 0
    assert value("undated", asked, said, "In 2023 it rained.") == 0.5
    assert value("undated", asked, said, "It has rained since 1974.") == 1  # an open span dates nothing


def test_other_ordinals() -> None:
    assert value("ordinal", "Who was the first mayor?", "The second mayor was Ann Reed.") == 1
    assert value("ordinal", "Who was the first mayor?", "The first mayor was Ann Reed, the second her son.") == 0
    assert value("ordinal", "Who was the first mayor?", "The mayor was Ann Reed.") == 0
    assert value("ordinal", "Who was mayor?", "The second mayor was Ann Reed.") == 0


def test_days_of_a_text() -> None:
    published = date(2024, 6, 1)
    assert days_of("in 2021 and the 2022 budget") == (whole_year(2021), whole_year(2022))
    assert days_of("a year ago", published) == days_of("last year", published) == (whole_year(2023),)
    assert days_of("3 years earlier", published) == (whole_year(2021),)
    assert days_of("last year") == ()
    assert days_of("12 years ago", date(5, 1, 1)) == ()  # before the first year
    assert days_of("until 2022") == (Days(None, date(2022, 12, 31)),)


def test_spans_meet_where_they_share_a_day() -> None:
    first, second = Days(date(2024, 1, 1), date(2024, 1, 5)), Days(date(2024, 1, 5), date(2024, 1, 9))
    assert meet([first], [second])
    assert not meet([first], [Days(date(2024, 1, 6), None)])
    assert meet([first], [Days(None, date(2024, 1, 1))])
    assert not meet([], [first])


def test_names_are_found_in_any_case_and_as_peoples() -> None:
    ((name,),) = name_phrases("Who leads France?")
    assert name_places([name], "The French leader met FRANCE and San Francisco.") == [[(4, 10), (22, 28)]]
    assert name_places([], "The French leader.") == []
