"""Metadata as people and programs write it: dates, languages, authors, tags."""

from __future__ import annotations

from datetime import date

import pytest

from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, find_date, is_day_first

THE_DAY = date(2023, 7, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-03", "2023-07-03T23:30:00Z", "2023-07-03 23:30:00.123+02:00", "2023/07/03", "2023.7.3", "20230703",
        "20230703T101500Z", "20230703101500", "2023:07:03 10:00:00", "Mon, 03 Jul 2023 10:00:00 GMT",
        "03 Jul 23 10:00:00 GMT", "Mon Jul  3 10:00:00 2023", "Mon Jul 03 10:00:00 +0000 2023", "3 July 2023",
        "July 3rd, 2023 at 10:15 a.m. ET", "Published: Monday, July 3, 2023 10:15 AM EDT", "03-JUL-2023", "3-Jul-23",
        "Jul-03-2023", "03.07.2023", "3. 7. 2023", "03.07.23", "3. Juli 2023, 14:05 Uhr", "3 juillet 2023",
        "lunes, 3 de julio de 2023", "3 de julho de 2023 às 10h", "3 luglio 2023", "3 juli 2023", "3 lipca 2023",
        "3 июля 2023 г.", "3 يوليو 2023", "٣ يوليو ٢٠٢٣", "2023年7月3日", "２０２３年７月３日", "2023년 7월 3일",
        "3 Temmuz 2023 Pazartesi", "3 липня 2023", "3. července 2023", "2023. július 3.", "3. heinäkuuta 2023",
        "ngày 3 tháng 7 năm 2023", "3 d’juliol de 2023", "1688342400", "1688342400000", "/Date(1688342400000)/",
    ],
)  # fmt: skip
def test_find_date_reads_the_usual_forms(text: str) -> None:
    assert find_date(text) == THE_DAY


@pytest.mark.parametrize(
    "text",
    [
        "soon", "yesterday", "July 2023", "2023", "3 July", "03/07/2023", "03-07-2023", "25/12/23", "31 June 2023",
        "0001-01-01", "1.2.3", "10.0.0.12", "12:30", "3 July 10:30", "12345678901", "2023-07-03 to 2023-08-01",
        "Published July 3, 2023, updated July 5, 2023", "", "May 2023 3",
    ],
)  # fmt: skip
def test_find_date_never_guesses(text: str) -> None:
    assert find_date(text) is None


def test_a_numeric_date_is_read_where_only_one_reading_is_a_day_or_the_order_is_known() -> None:
    assert find_date("13/07/2023") == find_date("07/13/2023") == date(2023, 7, 13)
    assert find_date("03/03/2023") == date(2023, 3, 3)
    assert find_date("03/07/2023", day_first=True) == THE_DAY
    assert find_date("03/07/2023", day_first=False) == date(2023, 3, 7)
    assert find_date("12/25/23") == date(2023, 12, 25)


def test_a_column_tells_its_order_by_a_day_above_12() -> None:
    assert is_day_first(["03/07/2023", "13/07/2023"]) is True
    assert is_day_first(["03/07/2023", "07/13/2023 10:15"]) is False
    assert is_day_first(["03/07/2023"]) is None
    assert is_day_first(["13/07/2023", "07/13/2023"]) is None


@pytest.mark.parametrize(
    "value", [1688342400, 1688342400.5, 1688342400000, 20230703, {"$date": "2023-07-03T00:00:00Z"}]
)
def test_as_date_takes_numbers_that_can_be_a_time(value: object) -> None:
    assert as_date(value) == THE_DAY


@pytest.mark.parametrize("value", [45110, 3, True, None, "", "n/a", [], float("nan"), float("inf")])
def test_as_date_refuses_what_is_no_date(value: object) -> None:
    with pytest.raises(ValueError):
        as_date(value)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"), ("EN_us", "en"), ("zh-Hans", "zh"), ("English", "en"), ("Deutsch", "de"), ("Englisch", "en"),
        ("Français (Canada)", "fr"), ("русский", "ru"), ("日本語", "ja"), ("eng", "en"), ("ger", "de"), ("deu", "de"),
    ],
)  # fmt: skip
def test_as_language_takes_codes_and_names(value: str, code: str) -> None:
    assert as_language(value) == code


@pytest.mark.parametrize("value", ["Klingon", "", "n/a", None, 3])
def test_as_language_refuses_other_values(value: object) -> None:
    with pytest.raises(ValueError):
        as_language(value)


def test_as_tags_reads_lists_and_separated_texts() -> None:
    assert as_tags("sea, Trade,sea") == ("Trade", "sea")
    assert as_tags("rent, housing; trade") == ("rent, housing", "trade")
    assert as_tags("['b', 'a']") == as_tags('["b", "a"]') == as_tags(["b", "a", None]) == ("a", "b")
    assert as_tags([{"name": "#sea"}, {"term": "trade"}]) == ("sea", "trade")
    with pytest.raises(ValueError):
        as_tags(3)


def test_as_author_joins_names() -> None:
    assert as_author("Jane Doe, John Roe") == "Jane Doe, John Roe"
    assert as_author([{"name": "Jane Doe"}, {"name": "John Roe"}]) == "Jane Doe, John Roe"
    assert as_author("['Jane Doe']") == as_author({"name": "Jane Doe"}) == "Jane Doe"
    with pytest.raises(ValueError):
        as_author([])


def test_an_ambiguous_date_is_told_as_ambiguous() -> None:
    with pytest.raises(ValueError, match="is ambiguous"):
        as_date("05/04/2026")
