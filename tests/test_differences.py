"""Two sentences that differ, and two that only seem to."""

from __future__ import annotations

from datetime import date

import pytest

from qa_service.answering.differences import far_apart, find_differences

DISAGREE = [
    (
        "number",
        "France withdrew its 2,400 troops from Mali in 2022 after ties with the junta soured.",
        "France withdrew 4,500 troops from Mali in 2022, the defence ministry in Paris said.",
        "2,400 troops",
        "4,500 troops",
    ),
    (
        "number",
        "According to US officials, there are around 2,000 mercenaries in Mali.",
        "There are around 5,000 mercenaries in Mali, according to Malian officials.",
        "around 2,000 mercenaries",
        "around 5,000 mercenaries",
    ),
    (
        "number",
        "The earthquake in Morocco killed 2,900 people and injured 5,500.",
        "The earthquake in Morocco killed some 2,900 people and injured 2,500, the ministry said.",
        "5,500",
        "2,500",
    ),
    (
        "date",
        "Wagner's leader, Yevgeny Prigozhin, died in a plane crash in August 2023.",
        "Yevgeny Prigozhin, Wagner's leader, was killed in a plane crash in October 2023.",
        "August 2023",
        "October 2023",
    ),
    (
        "negation",
        "Mali has never officially admitted Wagner's presence, insisting it worked only with Russian instructors.",
        "Mali has officially admitted Wagner's presence.",
        "Mali has never officially admitted Wagner's presence",
        "Mali has officially admitted Wagner's presence",
    ),
    (
        "negation",
        "Wagner forces are no longer operational in Mali, sources said.",
        "Wagner forces are still operational in Mali.",
        "Wagner forces are no longer operational in Mali",
        "Wagner forces are still operational in Mali",
    ),
    (
        "cause",
        "The gold mine at Loulo was closed because of flooding.",
        "The gold mine at Loulo was closed because of unpaid taxes, the ministry said.",
        "because of flooding",
        "because of unpaid taxes, the ministry said",
    ),
]


@pytest.mark.parametrize(("kind", "a", "b", "from_a", "from_b"), DISAGREE)
def test_what_differs_is_found_with_the_words_that_do(kind: str, a: str, b: str, from_a: str, from_b: str) -> None:
    (found,) = find_differences(a, b)
    assert (found.kind, a[found.a_start : found.a_end], b[found.b_start : found.b_end]) == (kind, from_a, from_b)
    (turned,) = find_differences(b, a)
    assert (b[turned.a_start : turned.a_end], a[turned.b_start : turned.b_end]) == (from_b, from_a)


AGREE = [
    # approximations, bounds, rounding, resolution
    ("There are around 2,000 mercenaries in Mali.", "There are about 2,100 mercenaries in Mali."),
    ("There are around 2,000 mercenaries in Mali.", "There are more than 1,500 mercenaries in Mali."),
    ("France withdrew 2,400 troops from Mali in 2022.", "France withdrew some 2,400 soldiers from Mali in 2022."),
    ("Prigozhin died in a plane crash in August 2023.", "Prigozhin died in a plane crash on 23 August 2023."),
    ("The deal for Kribi is worth $1.2 billion.", "The deal for Kribi is worth $1.24 billion."),
    # another noun, unit, place, time, name, event
    ("In 2024 Wagner killed 924 civilians in Mali.", "In 2024 Wagner killed 51 soldiers in Mali."),
    ("The court fined the Kribi bank $2 million.", "The court fined the Kribi bank €1.8 million."),
    ("There are around 2,000 mercenaries in Mali.", "There are around 5,000 mercenaries in Libya."),
    ("In 2024, 924 civilians were killed in Mopti, Mali.", "In 2023, 1,140 civilians were killed in Mopti, Mali."),
    ("Airbus delivered 735 jets in France in 2023.", "Boeing delivered 528 jets in France in 2023."),
    ("Police arrested 46 people in Lekki, Lagos.", "Police in Lekki, Lagos, released 12 of the people arrested."),
    ("Support for Windows XP ended on April 14, 2009.", "Support for Windows 98 ended on June 30, 2002."),
    ("McGill Hockey Club of Canada was founded in 1877.", "Oxford Hockey Club of Canada was founded in 1885."),
    ("JNIM killed 30 soldiers in Gao in northern Mali.", "JNIM killed 18 soldiers in Gao in southern Mali."),
    (
        "The Oxford Hockey Club played its first match in St. Moritz in May 2019 before 900 fans.",
        "The McGill Hockey Club, with Oxford, played its first match in St. Moritz in May 2019 before 400 fans.",
    ),
    # updates, plans, doubts, wholes, changes
    ("The Likoni ferry sank with 12 people.", "The toll of the Likoni ferry has risen to 20 people."),
    ("Hyundai will invest $7.6 billion in Georgia.", "Hyundai has so far invested $3 billion in Georgia."),
    ("Selic in Brazil rose to 13.75 percent.", "Selic in Brazil might rise to 14.25 percent."),
    ("They freed 12 hostages in Gao, Mali.", "They freed 12 of the 40 hostages in Gao, Mali."),
    ("Inflation in Argentina fell to 2.4 percent in May.", "Annual inflation in Argentina fell to 166 percent in May."),
    # polarity with another subject, tense, hedge
    ("Uganda has ratified the Nile treaty.", "Egypt has not ratified the Nile treaty."),
    ("Uganda has ratified the Nile treaty.", "Uganda had not ratified the Nile treaty in 2010."),
    ("Zambia refused to extend the Mopani deadline.", "Zambia did not agree to extend the Mopani deadline."),
    ("Uganda has ratified the Nile treaty.", "Uganda has not ratified the annex on fish of the Nile treaty."),
    ("Has Uganda ratified the Nile treaty?", "Uganda has not ratified the Nile treaty."),
    ("The Likoni ferry sank because of overloading.", "The Likoni ferry sank because it was overloaded."),
]


@pytest.mark.parametrize(("a", "b"), AGREE)
def test_what_only_seems_to_differ_is_left_alone(a: str, b: str) -> None:
    assert find_differences(a, b) == ()
    assert find_differences(b, a) == ()


def test_numbers_of_articles_far_apart_are_left_alone_unless_both_name_one_date() -> None:
    undated = ("The Loulo mine in Mali employs 900 miners.", "The Loulo mine in Mali employs 400 miners.")
    assert [found.kind for found in find_differences(*undated)] == ["number"]
    assert find_differences(*undated, apart=True) == ()
    dated = ("In May 2023 the Loulo mine in Mali sold 900 cars.", "In May 2023 the Loulo mine in Mali sold 400 cars.")
    assert [found.kind for found in find_differences(*dated, apart=True)] == ["number"]


def test_three_days_are_not_far_apart() -> None:
    assert not far_apart(date(2025, 6, 7), date(2025, 6, 10))
    assert far_apart(date(2025, 6, 7), date(2025, 6, 11))
    assert not far_apart(None, date(2025, 6, 11))


def test_a_table_is_not_compared() -> None:
    one, other = "Gao in Mali counted 900 goats on June 4", "Gao in Mali counted 400 goats on June 4"
    assert [found.kind for found in find_differences(f"{one}.", f"{other}.")] == ["number"]
    more = ", two camels, three mules, four dogs, five cats and six geese."
    assert find_differences(one + more, f"{other}.") == ()


def test_what_is_too_long_to_be_a_sentence_is_not_compared() -> None:
    kind, a, b, *_ = DISAGREE[0]
    assert find_differences(a + " and so on" * 60, b) == ()
    assert [found.kind for found in find_differences(a, b)] == [kind]
