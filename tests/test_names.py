"""Names of sources, dates and abbreviations in a question."""

from __future__ import annotations

from datetime import date

import pytest

from qa_service.ranking.interpretation import interpret
from qa_service.records import CollectionInfo
from qa_service.text.abbreviations import asked_abbreviation, defines
from qa_service.text.dates import find_dates
from qa_service.text.names import NameIndex, byline_parts

OUTLETS = (
    "AFP", "CBSSports.com", "Cnbc | World Business News Leader", "Fortune", "SouthFront", "Sporting News", "The Age",
    "The Independent - Life and Style", "The Independent - Sports",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does AFP report?", {"AFP": ["AFP"]}),
        ("what does southfront say about afp", {"southfront": ["SouthFront"], "afp": ["AFP"]}),
        ("Does ‘The Age’ agree with CNBC?", {"The Age": ["The Age"], "CNBC": ["Cnbc | World Business News Leader"]}),
        ("Do The Independent and CBSSports agree?", {
            "The Independent": ["The Independent - Life and Style", "The Independent - Sports"],
            "CBSSports": ["CBSSports.com"],
        }),
        ("did sporting news mention a defeat?", {"sporting news": ["Sporting News"]}),
        ("Did the sporting news of May 2024 surprise Ann?", {}),
        ("What is the age of Mali?", {}),
        ("Fortune favours whom?", {}),
        ("Which fortune was lost, says Fortune?", {"Fortune": ["Fortune"]}),
        ("Is AFPX an agency?", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_an_outlet_is_known_by_its_name_and_not_by_the_words_it_is_made_of(
    question: str, named: dict[str, list[str]]
) -> None:
    found = NameIndex(OUTLETS).find(question)
    assert {question[s.start : s.end]: list(s.names) for s in found} == named


def test_a_name_in_another_script() -> None:
    question = "ماذا قالت الجزيرة عن مالي؟"
    (span,) = NameIndex(["الجزيرة"]).find(question)
    assert question[span.start : span.end] == "الجزيرة"


def test_the_longer_of_two_names_is_meant() -> None:
    question = "According to Global Watch Weekly, who left?"
    (span,) = NameIndex(["Global Watch", "Global Watch Weekly"]).find(question)
    assert span.names == ("Global Watch Weekly",)


def test_a_byline_is_several_names() -> None:
    assert byline_parts("Global Watch and AFP") == ["Global Watch", "AFP"]
    assert byline_parts("Ann Sandor, Bo Li; C") == ["Ann Sandor", "Bo Li"]


NEWEST = date(2025, 11, 21)


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What happened in November?", [("2025-11-01", "2025-11-30")]),
        ("What happened in December?", [("2024-12-01", "2024-12-31")]),
        ("Who spoke on 2025-06-08?", [("2025-06-08", "2025-06-08")]),
        ("Who spoke on June 8?", [("2025-06-08", "2025-06-08")]),
        ("Who spoke on the 22nd of November?", [("2024-11-22", "2024-11-22")]),
        ("Who spoke on Nov. 20th, 2023?", [("2023-11-20", "2023-11-20")]),
        ("the article from November 2025", [("2025-11-01", "2025-11-30")]),
        ("What changed since September?", [("2025-09-01", None)]),
        ("What changed after mid-2023?", [("2024-01-01", None)]),
        ("What changed before June 2025?", [(None, "2025-05-31")]),
        ("What changed until 2024?", [(None, "2024-12-31")]),
        ("coups in 2020 and 2021", [("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-12-31")]),
        ("between 2020 and 2021", [("2020-01-01", "2021-12-31")]),
        ("from June 3 to July 5, 2024", [("2024-06-03", "2024-07-05")]),
        ("in 2024-02", [("2024-02-01", "2024-02-29")]),
        ("may they march in step?", []),
        ("in May and in March 2024", [("2025-05-01", "2025-05-31"), ("2024-03-01", "2024-03-31")]),
        ("Who is April Jones?", []),
        ("on 2025-02-30 or February 30", []),
        ("924 civilians and 2400 troops", []),
    ],
)
def test_dates(question: str, days: list[tuple[str | None, str | None]]) -> None:
    found = find_dates(question, NEWEST)
    shown = [(s.first and s.first.isoformat(), s.last and s.last.isoformat()) for s in found]
    assert shown == days


def test_without_a_newest_article_only_a_year_tells_the_day() -> None:
    assert find_dates("in June, or in June 2024?", None) == find_dates("in Jxxx, or in June 2024?", NEWEST)
    assert len(find_dates("in June, or in June 2024?", None)) == 1


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What does the abbreviation JNIM stand for?", "JNIM"),
        ("what is the full name of the AfD", "AfD"),
        ("What does RAM mean?", "RAM"),
        ("What did JNIM do?", None),
        ("What does he mean?", None),
        ("Do US and UK stand for peace?", None),
    ],
)
def test_an_abbreviation_is_asked_about(question: str, short: str | None) -> None:
    assert asked_abbreviation(question) == short


@pytest.mark.parametrize(
    ("sentence", "short", "does"),
    [
        ("groups like Jama’at Nusrat al-Islam wal-Muslimin (JNIM) have grown", "JNIM", True),
        ("random access memory (RAM), which", "RAM", True),
        ("RAM (random access memory) is fast", "RAM", True),
        ("heat shock transcription factor [HSF; 12]", "HSF", True),
        ("the rebels (JNIM) attacked", "JNIM", False),
        ("JNIM attacked the town (Djibo)", "JNIM", False),
        ("(RAM)", "RAM", False),
    ],
)
def test_a_definition_spells_the_abbreviation_out(sentence: str, short: str, does: bool) -> None:
    assert defines(sentence, short) is does


def test_a_question_is_interpreted_against_its_collection() -> None:
    info = CollectionInfo("default", 1, "0", 2, 2, ("AFP",), ("AFP and Ann Sandor", "Bo Li"), ("en",), None, NEWEST)
    question = "What did AFP and Bo Li say in November?"
    found = interpret(question, info)
    assert [(question[m.start : m.end], m.outlets, m.authors) for m in found.sources] == [
        ("AFP", ("AFP",), ("AFP and Ann Sandor",)),
        ("Bo Li", (), ("Bo Li",)),
    ]
    assert [(question[m.start : m.end], m.first, m.last) for m in found.dates] == [
        ("November", date(2025, 11, 1), date(2025, 11, 30))
    ]
    assert found.abbreviation is None
    assert not interpret("Who left Mali?", info)
