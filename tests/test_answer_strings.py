"""Gold answers found as whole words: across punctuation, without accents, in any usual form of dates and numbers."""

from __future__ import annotations

import pytest

from qa_service.evaluation.sets.answer_strings import contained, exact_and_f1, has_words, normalise


def found(answer: str, text: str) -> bool:
    return contained([answer], normalise(text)) == (True,)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Turin", "The Turin-born painter"),
        ("1987", "Hallam—who retired in 1987—came back"),
        ("Hallam", "Then…Hallam left... again"),
        ("ferry", "a tram/ferry pass"),
        ("Eva Brandt", "the owner (Eva Brandt) and others"),
        ("£9,500", "from £7,000–£9,500 a piece"),
        ("Bush", "Bush’s brother"),
        ("Afrique", "l’Afrique de l’Ouest"),
        ("email", "by e-mail only"),  # joined, as SQuAD's script reads
        ("Sanaa", "in Sana'a today"),
        ("US", "the U.S.-led force"),
        ("U.S.", "the US force"),
        ("kovac", "KOVAČ won"),
        ("Tromsø", "in Tromso"),
        ("Straße", "eine STRASSE"),
        ("co\u00adoperation", "cooperation"),
        ("مدرسة", "مَدْرَسَة"),
        ("北京", "他在北京。"),
    ],
)
def test_whole_words_are_found_across_punctuation_and_accents(answer: str, text: str) -> None:
    assert found(answer, text)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("4.5", "45 people"),
        ("45", "4.5 million"),
        ("1215", "pages 12–15"),
        ("Hall", "Hallam"),
        ("1987", "19,871 people"),
        ("में", "मैं"),  # in this script marks are no accents
        ("2 May 2025", "2 May 2024"),
        ("2 May 2025", "2025-05-03"),
    ],
)
def test_other_words_are_not_found(answer: str, text: str) -> None:
    assert not found(answer, text)


DATES = (
    "3 November 2025", "November 3, 2025", "Nov. 3rd, 2025", "the 3rd of November 2025", "3 nov 2025", "3-Nov-2025",
    "2025-11-03", "2025/11/3", "3. November 2025",
)  # fmt: skip


@pytest.mark.parametrize("answer", DATES)
def test_a_date_is_found_in_every_form(answer: str) -> None:
    texts = (*DATES, "03.11.2025", "3/11/2025", "11/3/2025")  # where both orders fit, both are read
    assert [text for text in texts if not found(answer, f"Signed on {text}.")] == []
    assert found("November 2025", f"Signed on {answer}.")
    assert exact_and_f1(answer, ["3 November 2025"]) == (1.0, 1.0)


def test_a_date_with_a_time_and_a_month_alone() -> None:
    assert found("9 August 2024", "at 2024-08-09T10:00:00Z")
    assert found("Aug 2024", "in 2024-08") and found("August", "on 9 Aug 2024")
    assert found("25 August 2024", "08/25/2024") and found("25 August 2024", "25/08/2024")


def test_a_number_behind_a_month_is_no_day_only() -> None:
    assert found("4 people", "In May 4 people came.")
    assert found("2000 men", "On May 4, 2000 men came.")


@pytest.mark.parametrize("text", ["1250000", "1,250,000", "1.250.000", "1 250 000", "1\u00a0250\u202f000", "1'250'000"])
def test_a_number_is_found_with_any_separator_of_thousands(text: str) -> None:
    assert found("1,250,000 votes", f"With {text} votes.")
    assert found("1250000", text)


def test_decimals() -> None:
    assert found("1,234.5", "1.234,5 Tonnen") and found("3.7", "3,7 Prozent")


def test_exact_match_and_f1_are_squads() -> None:
    # Of "red brick house" and "brick house walls" two words of three each: 2 * 2 / (3 + 3).
    assert exact_and_f1("the red brick house", ["Brick house walls"]) == pytest.approx((0, 2 / 3))
    # A repeated word counts as often as both have it: one of two, one of one.
    assert exact_and_f1("no no", ["No!"]) == pytest.approx((0, 2 / 3))
    # The best gold answer counts.
    assert exact_and_f1("Ann Lee", ["someone else", "Lee", "ann lee"]) == (1.0, 1.0)
    assert exact_and_f1("…", ["Lee"]) == (0.0, 0.0)


def test_what_has_no_words() -> None:
    assert [has_words(text) for text in ("the", "…", "An", "€", "it", "5")] == [False, False, False, False, True, True]
    assert not found("the", "the house")
