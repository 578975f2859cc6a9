"""Names of sources, dates and abbreviations in a question."""

from __future__ import annotations

from datetime import date

import pytest

from qa_service.ranking.interpretation import interpret
from qa_service.records import CollectionInfo
from qa_service.text.question.abbreviations import asked_abbreviation, defines, small_abbreviation
from qa_service.text.question.dates import find_dates
from qa_service.text.question.name_shapes import byline_parts
from qa_service.text.question.names import NameIndex

OUTLETS = (
    "AFP", "CBSSports.com", "Cnbc | World Business News Leader", "Fortune", "SouthFront", "Sporting News", "The Age",
    "The Independent - Life and Style", "The Independent - Sports",
)  # fmt: skip


OTHERS = (
    "Al Jazeera English", "BBC News", "Foreign Policy", "IT", "Libération", "Nature", "TIME", "The Atlantic",
    "The Hill", "USA TODAY", "VICE", "WHO", "independent.co.uk", "reuters.com", "theguardian.com", "हिन्दी",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does AFP report?", {"AFP": ["AFP"]}),
        ("what does southfront say about mali", {"southfront": ["SouthFront"]}),
        ("what does afp say about mali", {"afp": ["AFP"]}),
        ("who is afp", {}),
        ("Does ‘The Age’ agree with CNBC?", {"The Age": ["The Age"], "CNBC": ["Cnbc | World Business News Leader"]}),
        ("Do The Independent and CBSSports agree?", {
            "The Independent": ["The Independent - Life and Style", "The Independent - Sports"],
            "CBSSports": ["CBSSports.com"],
        }),
        ("did sporting news mention a defeat?", {"sporting news": ["Sporting News"]}),
        ("what was the sporting news of the day?", {}),
        ("Did the sporting news of May 2024 surprise Ann?", {}),
        ("What is the age of Mali?", {}),
        ("Fortune favours whom?", {}),
        ("Fortune reported what?", {"Fortune": ["Fortune"]}),
        ("Which fortune was lost, says Fortune?", {"Fortune": ["Fortune"]}),
        ("Who left Mali? Fortune favours whom?", {}),
        ("Is AFPX an agency?", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_an_outlet_is_known_by_its_name_and_not_by_the_words_it_is_made_of(
    question: str, named: dict[str, list[str]]
) -> None:
    found = NameIndex(OUTLETS).find(question)
    assert {question[s.start : s.end]: list(s.names) for s in found} == named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Who is the mayor of Bamako?", {}),
        ("What time did the attack begin?", {}),
        ("What is happening in the USA today?", {}),
        ("Did the vice president of IT say so?", {"IT": ["IT"]}),
        ("how much does it cost?", {}),
        ("Was there an independent inquiry by Reuters?", {"Reuters": ["reuters.com"]}),
        ("What did The Guardian and the BBC say?", {"The Guardian": ["theguardian.com"], "BBC": ["BBC News"]}),
        ("According to Al Jazeera, who left?", {"Al Jazeera": ["Al Jazeera English"]}),
        ("Which ships crossed the Atlantic Ocean?", {}),
        ("What did Senator Hill and Nature Reserve say?", {}),
        ("what is the foreign policy of mali?", {}),
        ("what is new according to foreign policy?", {"foreign policy": ["Foreign Policy"]}),
        ("WHO IS THE MAYOR OF BAMAKO?", {}),
        ("WHAT HAPPENED, ACCORDING TO TIME?", {"TIME": ["TIME"]}),
        ("Qu’a dit Liberation ?", {"Liberation": ["Libération"]}),
        ("Qu’a dit Libe\u0301ration ?", {"Libe\u0301ration": ["Libération"]}),
        ("हिन्दी ने क्या कहा?", {"हिन्दी": ["हिन्दी"]}),
        ("हान्दू क्या?", {}),
    ],
)
def test_an_ordinary_word_is_no_outlet(question: str, named: dict[str, list[str]]) -> None:
    found = NameIndex(OTHERS).find(question)
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
    assert byline_parts("By John Smith, Jr., London") == ["John Smith"]
    assert byline_parts("Jane Doe, Political Editor, AFP") == ["Jane Doe", "AFP"]
    assert byline_parts("staff reporter and agencies") == []
    assert byline_parts(" " * 20_000) == []


NEWEST = date(2025, 11, 21)


class NoDays:
    """A snapshot of which only `info` is read, and which has articles of no day."""

    def __init__(self, info: CollectionInfo) -> None:
        self.info = info

    def published_within(self, spans: object) -> bool:
        return False


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
        ("How may 20 soldiers die? Did they march 10 kilometres?", []),
        ("on 5/6/2024", []),
        ("2024 troops, $2000, Boeing 2000, in 2000 villages, of 1999% and resolution 2085", []),
        ("Brexit proposed by May; a letter from April Jones", []),
        ("from December to February 2024", [("2023-12-01", "2024-02-29")]),
        ("from June 30 to July 5, 2024", [("2024-06-30", "2024-07-05")]),
        ("between June and July 2024", [("2024-06-01", "2024-07-31")]),
        ("between 5 and 7 May 2024", [("2024-05-05", "2024-05-07")]),
        ("from November 2023 to January", [("2023-11-01", "2024-01-31")]),
        ("12 June–15 June 2024", [("2024-06-12", "2024-06-15")]),
        ("in 2020-2021, from 2020–2021", [("2020-01-01", "2021-12-31"), ("2020-01-01", "2021-12-31")]),
        ("on May 5-7, 2024", [("2024-05-05", "2024-05-07")]),
        ("June 2024-July 2024", [("2024-06-01", "2024-07-31")]),
        ("in May,2024", [("2024-05-01", "2024-05-31")]),
        ("after 2022 and before 2025", [("2023-01-01", "2024-12-31")]),
        ("since 2020 until 2021", [("2020-01-01", "2021-12-31")]),
        ("in 2031", []),
        (
            "in Apr\u0131l 2024, augu\u017ft 2024 and \u017fept 5",
            [
                ("2024-08-01", "2024-08-31"),
                ("2025-09-05", "2025-09-05"),
            ],
        ),
    ],
)
def test_dates(question: str, days: list[tuple[str | None, str | None]]) -> None:
    found = find_dates(question, NEWEST)
    shown = [(s.first and s.first.isoformat(), s.last and s.last.isoformat()) for s in found]
    assert shown == days


def test_without_a_newest_article_only_a_year_tells_the_day() -> None:
    assert find_dates("in June, or in June 2024?", None) == find_dates("in Jxxx, or in June 2024?", NEWEST)
    assert len(find_dates("in June, or in June 2024?", None)) == 1


def test_a_month_without_a_year_is_one_with_articles() -> None:
    with_articles = lambda first, last: first.year <= 2023  # noqa: E731
    (span,) = find_dates("What happened in June?", date(2099, 12, 1), with_articles)
    assert (span.first, span.last) == (date(2023, 6, 1), date(2023, 6, 30))
    (span,) = find_dates("What happened in June?", NEWEST, lambda first, last: False)
    assert span.first == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What does the abbreviation JNIM stand for?", "JNIM"),
        ("what is the full name of the AfD", "AfD"),
        ("What does “RAM” mean?", "RAM"),
        ("JNIM stands for what?", "JNIM"),
        ("Do you know what JNIM stands for?", "JNIM"),
        ("What is the full name of the AU in French?", "AU"),
        ("What is the expansion of NATO?", "NATO"),
        ("Who managed the rapid expansion of FTX?", None),
        ("What is the full name of McConnell?", None),
        ("What is the full name of J.K. Rowling?", None),
        ("What is the full name of the UN envoy?", None),
        ("What UN troops stand for is unclear", None),
        ("What is PMC short for?", "PMC"),
        ("What did JNIM do?", None),
        ("What does he mean?", None),
        ("Do US and UK stand for peace?", None),
        ("What does the UN withdrawal mean for Mali?", None),
        ("What did AFP mean by that?", None),
        ("By all means, did ECOWAS leave?", None),
        ("Who did the EU say would stand for election?", None),
        ("What does ECOWAS mean for Mali?", None),
        ("Who sings, and what does JNIM stand for?", "JNIM"),
        ("What exactly does JNIM stand for and who leads it?", "JNIM"),
        ("Tell me what the AU stands for.", "AU"),
        ("What does RAM mean in computing?", "RAM"),
        ("What values does the EU stand for?", None),
        ("Why does the EU stand for free trade?", None),
        ("Does the EU stand for democracy?", None),
        ("Did the USA mean war?", None),
        ("Which party did JFK stand for?", None),
        ("How long did MPs stand for?", None),
        ("What did the AfD stand for in 2017?", None),
        ("What does the GOP stand for now?", None),
        ("What did the US mean in its statement?", None),
        ("Why do voters dislike what the AfD stands for?", None),
        ("Who said that the EU stands for what it does?", None),
        ("What does DeSantis stand for?", None),
        ("What does MacLeod mean?", None),
        ("Why is the EU short of ammunition?", None),
        ("What does Wagner stand for?", None),
        ("What did France stand for in Mali?", None),
        ("Who stands for election?", None),
        ("What does JNIM stand for? And NATO?", None),
        ("And NATO (What does JNIM stand for)?", None),
        ("What does JNIM stand for, according to the UN?", "JNIM"),
    ],
)
def test_an_abbreviation_is_asked_about(question: str, short: str | None) -> None:
    span = asked_abbreviation(question)
    assert (span and question[slice(*span)]) == short


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("what does jnim stand for?", "jnim"),
        ("What is the jnim short for?", "jnim"),
        ("What does it stand for?", None),
        ("What does item stand for?", "item"),
        ("What does JNIM stand for?", None),  # it has its capitals
        ("What does jnim mean?", None),
        ("What is the full name of jnim?", None),
        ("What does jnim stand for? And NATO?", None),
    ],
)
def test_an_abbreviation_may_be_asked_about_in_small_letters(question: str, short: str | None) -> None:
    span = small_abbreviation(question)
    assert (span and question[slice(*span)]) == short


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
        ("random access memory (abbreviated RAM)", "RAM", True),
        ("random access memory (“RAM”) is fast", "RAM", True),
        ("“RAM” (random access memory) is fast", "RAM", True),
        ("RAM stands for “random access memory”, which is fast", "RAM", True),
        ("RAM, short for random access memory, is fast", "RAM", True),
        ("The AFD stands for lower taxes and safe roads", "AFD", False),
        ("a store like GameStop (Amazon, GameStop)", "GameStop", False),
        ("RAM, or random access memory (RAM), which", "RAM", True),
        ("fighters of the Islamic State (IS) came", "IS", True),
        ("ministers of the European Union (EU) met", "EU", True),
        ("the alternative lengthening of telomeres (ALT)", "ALT", True),
        ("carbon monoxide (CO) and television (TV)", "CO", True),
        ("carbon monoxide (CO) and television (TV)", "TV", True),
        ("ADDIS ABABA, Ethiopia (AP) — Police said", "AP", False),
        ("ASPEN (AP) — Police said", "AP", False),
        ("The EU (excluding Hungary) agreed", "EU", False),
        ("The UK (unlike France) agreed", "UK", False),
        ("The UK (United Kingdom) agreed", "UK", True),
    ],
)
def test_a_definition_spells_the_abbreviation_out(sentence: str, short: str, does: bool) -> None:
    assert defines(sentence, short) is does


def test_a_question_is_interpreted_against_its_collection() -> None:
    info = CollectionInfo("default", 1, "0", 2, 2, ("AFP",), ("AFP and Ann Sandor", "Bo Li"), ("en",), None, NEWEST)
    question = "What did AFP and Bo Li say in November?"
    found = interpret(question, NoDays(info))  # type: ignore[arg-type]
    assert [(question[m.start : m.end], m.outlets, m.authors) for m in found.sources] == [
        ("AFP", ("AFP",), ("AFP and Ann Sandor",)),
        ("Bo Li", (), ("Bo Li",)),
    ]
    assert [(question[m.start : m.end], m.first, m.last) for m in found.dates] == [
        ("November", date(2025, 11, 1), date(2025, 11, 30))
    ]
    assert found.abbreviation is None
    assert not interpret("Who left Mali?", NoDays(info))  # type: ignore[arg-type]
