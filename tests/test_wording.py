from __future__ import annotations

import pytest

from qa_service.text.basic.wording import DIRECTION, FACT, NAME, PLAIN, Wording, without_dateline


def test_a_text_stands_in_another_word_for_word_however_it_is_printed() -> None:
    article = Wording("DAKAR: “Mission accomplished,” the group’s channel said.\nIt left  Mali - for good.")
    assert Wording('"Mission accomplished", the group\'s channel said') in article
    assert Wording("said. It left Mali") in article
    assert Wording("the group") in article
    assert Wording("the group said") not in article
    assert Wording("for goods") not in article
    assert Wording("is not over") not in Wording("is over")
    assert Wording("It isn't over") not in Wording("It is over")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("mine", PLAIN),
        ("The", PLAIN),
        ("Wagner", NAME),
        ("JNIM", NAME),
        ("fell", DIRECTION),
        ("North", DIRECTION),
        ("14", FACT),
        ("2,400", FACT),
        ("T-72", FACT),
        ("twelve", FACT),
        ("not", FACT),
        ("isn’t", FACT),
        ("nicht", FACT),
    ],
)
def test_kinds_of_word(word: str, kind: int) -> None:
    assert max(Wording(word).kinds) == kind


@pytest.mark.parametrize(
    ("edited", "kinds"),
    [
        ("The army said on Friday that 12 soldiers were killed near Kidal.", []),
        # words of both sides count: `said` on one, `told reporters` on the other
        ("The army told reporters on Friday that 12 soldiers were killed near Kidal.", [PLAIN, PLAIN, PLAIN]),
        ("The army said on Friday that 14 soldiers were killed near Kidal.", [FACT, FACT]),
        ("The army said on Friday that 12 soldiers were killed near Gao.", [NAME]),
        ("The army said on Friday that soldiers were killed near Kidal.", [FACT]),
        ("The army said on Friday that 12 soldiers were not killed near Kidal.", [FACT]),
        ("Gold is mined by 12 soldiers of the army in the north of Mali.", None),
        ("No run of words in common here.", None),
        ("", None),
    ],
)
def test_by_what_an_edited_sentence_differs(edited: str, kinds: list[int] | None) -> None:
    article = Wording("Rain fell all week. The army said on Friday that 12 soldiers were killed near Kidal. All fled.")
    assert article.differences(Wording(edited)) == kinds


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("DAKAR: The mine closed.", "The mine closed."),
        ("BAMAKO, June 6 (AFP) - The mine closed.", "The mine closed."),
        ("N’DJAMENA, Chad, Nov. 21 (AP) -- The mine closed.", "The mine closed."),
        ("OUAGADOUGOU (Reuters) — The mine closed.", "The mine closed."),
        ("The mine - the largest - closed.", "The mine - the largest - closed."),
        ("AFP said the mine closed: nobody was hurt.", "AFP said the mine closed: nobody was hurt."),
        ("JNIM took it. It closed: nobody was hurt.", "JNIM took it. It closed: nobody was hurt."),
    ],
)
def test_a_dateline_is_no_part_of_what_is_said(printed: str, said: str) -> None:
    assert without_dateline(printed) == said
