"""The arithmetic of `benchmarks.outlets` and `benchmarks.repetition`, by hand, and what is promised of the wordings."""

from __future__ import annotations

import json
from pathlib import Path

from asked import ranked

from benchmarks.outlets import outlets_among, table, wordings
from benchmarks.repetition import copies_among, judge, origins
from benchmarks.repetition_articles import Made, change_number, make, texts_of

PARAGRAPHS = ("Twelve wells were dug in 1990. Nobody paid for them.", "The mayor thanked 40 builders. Rain fell.")


def test_outlets_are_counted_among_the_first_five() -> None:
    outlets = ["AFP", "Afp", None, "DW", None, "BBC"]
    passages = [ranked(f"a{i}", "text", outlet=outlet) for i, outlet in enumerate(outlets)]
    # AFP however it is written, DW, and the two articles without an outlet; BBC is the sixth
    assert outlets_among(passages) == 4
    assert outlets_among([*passages[:1], ranked("a0", "text", outlet="AFP")]) == 1
    assert outlets_among([]) == 0


def test_the_table_has_a_column_for_each_step() -> None:
    assert table([("seeds", "MRR@10", [0.5, 0.25, 1.0, 0.0], 2)]).splitlines() == [
        "| set | measure | 0 | 0.03 | 0.05 | 0.08 |",
        "|---|---|---|---|---|---|",
        "| seeds | MRR@10 | 0.50 | 0.25 | 1.00 | 0.00 |",
    ]


def test_wordings_are_as_many_as_promised_and_no_two_are_one() -> None:
    rows = [json.loads(line) for line in Path("tests/sets/outlet_wordings.jsonl").read_text("utf-8").splitlines()]
    assert [sum(row["topic"] == topic for row in rows) for topic in ("why", "security")] == [25, 25]
    assert len(rows) == len({row["id"] for row in rows}) == len({text.casefold() for text in wordings()}) == 50
    assert all(text.endswith("?") and text == " ".join(text.split()) for text in wordings())


def made() -> dict[str, Made]:
    return {one.outlet: one for one in make([("Wells", PARAGRAPHS)])}


def test_a_text_is_made_into_four_articles() -> None:
    articles = made()
    assert articles["first"].text == "\n\n".join(PARAGRAPHS)
    assert articles["changed"].text == "\n\n".join(PARAGRAPHS).replace("1990", "1991").replace("40", "41")
    assert [origin[3] for _, _, origin in articles["changed"].sentences] == [True, False, True, False]
    assert articles["cut"].text in {f"PORT VALE, June 3 - {paragraph}" for paragraph in PARAGRAPHS}
    assert len(articles["edited"].sentences) == 4 + 3
    assert [origin[0] < 0 for _, _, origin in articles["edited"].sentences].count(True) == 3
    for article in articles.values():
        assert all(article.text[start:end].strip() == article.text[start:end] for start, end, _ in article.sentences)
    assert make([("Wells", PARAGRAPHS)]) == list(articles.values())


def test_the_first_number_is_one_higher() -> None:
    assert change_number("In 1999 there were 3.") == "In 2000 there were 3."
    assert change_number("None at all.") is None


def test_a_sentence_is_of_the_passage_that_has_half_of_it() -> None:
    one = Made("a", "", "", "aaaa bbbb", ((0, 4, (0, 0, 0, False)), (5, 9, (0, 0, 1, False))))
    assert origins(one, 2, 6) == {(0, 0, 0, False)}
    assert origins(one, 3, 9) == {(0, 0, 1, False)}


def article(name: str, *said: tuple[int, int, int, bool]) -> Made:
    return Made(name, "", name, "x" * 10 * len(said), tuple((10 * i, 10 * i + 10, one) for i, one in enumerate(said)))


A, B, C, B_CHANGED, OWN = (0, 0, 0, False), (0, 0, 1, False), (0, 0, 2, False), (0, 0, 1, True), (-1, 0, 0, False)


def test_a_copy_has_half_of_its_sentences_above_and_all_of_them_in_that_article() -> None:
    whole = article("whole", A, B, C)
    first_two = whole, 0, 20
    assert copies_among([first_two, (article("b", B, C), 0, 20)]) == 1  # one of two above, C elsewhere in the article
    assert copies_among([first_two, (article("b", C), 0, 10)]) == 0  # none above
    assert copies_among([first_two, (article("b", B, OWN), 0, 20)]) == 0
    assert copies_among([first_two, (article("b", A, B_CHANGED), 0, 20)]) == 0
    assert copies_among([first_two, first_two]) == 0  # of one article
    assert copies_among([first_two, (article("b", A), 0, 10), (article("c", A), 0, 10)]) == 2


def test_what_was_collapsed_is_judged_by_where_it_comes_from() -> None:
    whole = article("whole", A, B)
    assert judge((article("b", A, B), 0, 20), whole) == "copy"
    assert judge((article("b", A, OWN), 0, 20), whole) == "partly"
    assert judge((article("b", A, B_CHANGED, OWN), 0, 30), whole) == "number"
    assert judge((whole, 0, 20), article("b", A, B_CHANGED)) == "number"


def test_documents_of_one_title_are_paragraphs_of_one_text(tmp_path: Path) -> None:
    rows = [("1", "Wells", "a  b"), ("2", "Rain", "c"), ("3", "Wells", "d"), ("4", "Bees", "e"), ("5", "Bees", "f")]
    lines = (json.dumps({"_id": name, "title": title, "text": text}) for name, title, text in rows)
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert texts_of(tmp_path, 1) == [("Wells", {"1": "a b", "3": "d"})]
    assert len(texts_of(tmp_path, 9)) == 2
