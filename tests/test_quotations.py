"""qa_service.text.claims.quotations."""

from __future__ import annotations

import pytest

from qa_service.text.basic.sentences import split_sentences
from qa_service.text.claims.quotations import quotation_unit


def unit(text: str, start_of: str, origin: int = 0) -> str:
    """The text of the unit of the sentence that begins with `start_of`."""
    spans = split_sentences(text)
    at = next(i for i, (start, _) in enumerate(spans) if text.startswith(start_of, start))
    first, last = quotation_unit(text, [(start + origin, end + origin) for start, end in spans], at)
    return text[spans[first][0] : spans[last][1]]


@pytest.mark.parametrize(
    "quotation",
    [
        "“We had no water. The pump was broken. Nobody came,” said Ines Maro.",
        '"We had no water. The pump was broken. Nobody came," said Ines Maro.',
        "‘We had no water. The workers’ pump was broken. Nobody came,’ said Ines Maro.",
        "„Wir hatten kein Wasser. Die Pumpe war kaputt. Niemand kam“, sagte Ines Maro.",
        "»Wir hatten kein Wasser. Die Pumpe war kaputt. Niemand kam«, sagte Ines Maro.",
        "« Nous n’avions pas d’eau. La pompe était cassée. Personne n’est venu », a dit Ines Maro.",
        "Ines Maro said: “We had no water. The pump was broken. Nobody came.”",
    ],
)
def test_a_quotation_and_its_speaker_are_one_unit(quotation: str) -> None:
    text = f"The town is small. {quotation} It rained on Monday."
    spans = [(s, e) for s, e in split_sentences(text) if text[s:e] in quotation]
    assert len(spans) > 1
    # The unit is the same from each of its sentences, wherever the passage begins in its article.
    for start, end in spans:
        assert unit(text, text[start:end], origin=1000) == quotation
    assert unit(text, "The town") == "The town is small."
    assert unit(text, "It rained") == "It rained on Monday."


def test_a_quotation_that_names_nobody_takes_the_speaker_beside_it() -> None:
    text = "It is dry. “We had no water. The pump was broken.” Ines Maro said. They left."
    assert unit(text, "“We had") == "“We had no water. The pump was broken.” Ines Maro said."
    text = "“We had no water,” said Ines Maro. “The pump was broken.” It rained."
    assert unit(text, "“The pump") == "“We had no water,” said Ines Maro. “The pump was broken.”"
    assert unit(text, "“We had") == "“We had no water,” said Ines Maro."


def test_of_a_long_quotation_what_leads_to_the_speaker() -> None:
    text = "“It was one. It was two. It was three. It was four. It was five,” said Ines Maro."
    assert unit(text, "It was four") == "It was four. It was five,” said Ines Maro."
    assert unit(text, "It was two") == "It was two."
    long = f"“It was {'very ' * 80}dry. It was hot,” said Ines Maro."
    assert unit(long, "“It was") == f"“It was {'very ' * 80}dry."


@pytest.mark.parametrize(
    "text",
    [
        'He is 6" tall. She is small. They left.',
        "“It never closes. She is small. They left.",
        "He left. She is small. They ‘left’ it.",
        "The workers' day. She is small. The farmers' day.",
        "He called it “old”. She is small. They called it “new”.",
        "“It was one.\n\nShe is small. They left,” he said.",
        "He left.” She is small. “They left,” he said.",
    ],
)
def test_no_quotation_crosses_the_ends_of_the_sentence(text: str) -> None:
    assert unit(text, "She is") == "She is small."
