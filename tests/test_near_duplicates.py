from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import fake_service, row

from qa_service.ranking.near_duplicates import MORE_FOR_EACH, MOST_COMPARED, NearDuplicates
from qa_service.ranking.term_bits import Bits, bits_of
from qa_service.records import Answer, ArticleDraft, ArticleMeta, Question
from qa_service.service import Service
from qa_service.storage.feature_rows import FeatureRow
from qa_service.storage.local.segment import Segment
from qa_service.storage.port import Ids

REPORT = """The army said on Friday that 12 soldiers were killed near Kidal.

Fighters of a group linked to Al-Qaeda attacked a fuel convoy at dawn. The road to the north has been closed ever since.

Drivers have stayed at home for a week, and petrol is sold in bottles."""
UPDATE = REPORT.replace("12 soldiers", "14 soldiers")
OWN = "Soldiers were killed near Kidal, a witness told this newspaper. Shops in the town of Kidal are closed."
QUESTION = Question("How many soldiers were killed near Kidal?", top_k=10)


def duplicates_of(rows: Sequence[FeatureRow], is_copy: Callable[[int, int], bool]) -> NearDuplicates:
    """Of these rows, the first row best."""
    columns = Segment.of(rows, 2)

    def term_bits(ids: Ids) -> Bits:
        own = columns.terms_of(columns.positions(ids))
        return bits_of(own.terms, np.repeat(np.arange(len(ids)), np.diff(own.term_offsets)), len(ids))

    return NearDuplicates(columns.ids, columns.article, term_bits, is_copy)


def test_only_what_shares_half_its_terms_is_compared_and_never_within_an_article(tmp_path: Path) -> None:
    rows = [
        row(1, "a b c d", article=1),
        row(2, "a b c d", article=1),
        row(3, "a b x y", article=2),
        row(4, "a x y z", article=3),
        row(5, "a b c d e f g h", article=4),
    ]
    asked: list[tuple[int, int]] = []

    def is_copy(lower: int, upper: int) -> bool:
        asked.append((lower, upper))
        return False

    duplicates = duplicates_of(rows, is_copy)
    assert duplicates.take(0) == []
    assert asked == [(3, 1), (5, 1)]
    assert duplicates.near(3) == [2]
    assert [duplicates.is_claimed(position) for position in range(5)] == [True, False, False, False, False]


def test_a_copy_is_claimed_by_the_first_that_is_taken(tmp_path: Path) -> None:
    rows = [row(n, "a b c d", article=n) for n in range(1, 5)]
    duplicates = duplicates_of(rows, lambda lower, upper: lower in (2, 3))
    assert duplicates.take(3) == [1, 2]  # what stands above it may be a copy of it too
    assert [duplicates.is_claimed(position) for position in range(4)] == [False, True, True, True]
    assert duplicates.take(0) == []


def test_copies_further_down_are_found_where_there_are_some_among_the_first(tmp_path: Path) -> None:
    rows = [row(n, f"w{n} a{n}" if n not in (1, 2, 8, 150, 160) else "a b c d", article=n) for n in range(1, 201)]
    alike = {2, 150, 160}  # ids: each is a copy of passage 1

    def is_copy(lower: int, upper: int) -> bool:
        return lower in alike

    assert duplicates_of(rows, is_copy).take(0) == [1, 149, 159]
    alike.remove(2)
    assert duplicates_of(rows, is_copy).take(0) == []
    assert duplicates_of(rows, is_copy).take(159) == [149]


def test_copies_far_down_are_found_where_there_are_some_further_up(tmp_path: Path) -> None:
    copies = {1, 149, 450}
    rows = [row(n, "a b c d" if n - 1 in {0, *copies} else f"w{n} a{n}", article=n) for n in range(1, 501)]
    found = duplicates_of(rows, lambda lower, upper: lower - 1 in copies)
    assert found.take(0) == [1, 149, 450]
    # where there is none among the first 100, or none from there to 400, nobody looks further
    assert duplicates_of(rows, lambda lower, upper: lower in {150, 451}).take(0) == []
    assert duplicates_of(rows, lambda lower, upper: lower in {2, 451}).take(0) == [1]


def test_a_copy_that_was_not_looked_for_is_told_when_its_turn_comes(tmp_path: Path) -> None:
    alike = {0, 150, 450}
    rows = [row(n, "a b c d" if n - 1 in alike else f"w{n} a{n}", article=n) for n in range(1, 501)]
    asked: list[tuple[int, int]] = []

    def is_copy(lower: int, upper: int) -> bool:
        asked.append((lower, upper))
        return upper == 1

    duplicates = duplicates_of(rows, is_copy)
    assert duplicates.take(0) == []
    assert asked == []
    assert [duplicates.is_claimed(position) for position in (149, 150, 450)] == [False, True, True]
    assert asked == [(151, 1), (451, 1)]
    assert duplicates.is_claimed(150)
    assert len(asked) == 2


def published(service: Service, **texts: str) -> None:
    """An article of each outlet, with a line of its own before the report so that passages are cut elsewhere."""
    for outlet, text in texts.items():
        service.add_article(ArticleDraft(text, outlet.lower(), ArticleMeta(f"Attack in {outlet}", outlet)))


def shown(answer: Answer) -> dict[str, list[str]]:
    """The outlets of the passages, each with the other outlets that say the same."""
    return {str(p.citation.meta.outlet): sorted(str(c.meta.outlet) for c in p.also_in) for p in answer.passages}


def test_wire_copy_is_shown_once_with_a_full_citation_of_every_other_outlet(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    published(service, AFP=REPORT, Courier=f"KIDAL (AFP) - {REPORT}", Herald=REPORT, Later=UPDATE, Own=OWN)
    answer = service.ask(QUESTION)
    found = shown(answer)
    assert len(found) == len(answer.passages) == 3  # one of the three copies; the update; the newspaper's own report
    assert {"Later", "Own"} < set(found)
    assert found["Later"] == found["Own"] == []
    (best,) = (passage for passage in answer.passages if passage.also_in)
    assert {best.citation.meta.outlet, *found[str(best.citation.meta.outlet)]} == {"AFP", "Courier", "Herald"}
    for copy in best.also_in:
        assert copy.number == best.citation.number
        article = service.article(copy.article_id)
        assert (copy.meta, copy.article_sha256) == (article.meta, article.sha256)
        assert "12 soldiers were killed near Kidal" in article.text[copy.start : copy.end]
    service.close()


def test_copies_are_shown_where_that_is_asked_for_and_in_orders_that_are_alone(tmp_path: Path) -> None:
    texts = {"AFP": REPORT, "Courier": REPORT, "Herald": REPORT}
    service = fake_service(tmp_path)
    published(service, **texts)
    assert len(service.ask(QUESTION).passages) == 1
    for question in (
        replace(QUESTION, collapse_duplicates=False),
        replace(QUESTION, retriever="dense"),
        replace(QUESTION, retriever="lexical"),
    ):
        assert shown(service.ask(question)) == {outlet: [] for outlet in texts}
    (answer,) = service.ask_under(QUESTION, [service.settings.model_copy(update={"collapse_duplicates": False})])
    assert len(answer.passages) == 3
    service.close()


def test_a_cap_leaves_room_for_the_copy_of_an_outlet_that_is_not_there_yet(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    published(service, AFP=REPORT, Courier=REPORT)
    service.add_article(ArticleDraft("How many soldiers were killed near Kidal?", "afp-2", ArticleMeta(outlet="AFP")))
    first, second = service.ask(replace(QUESTION, max_per_outlet=1)).passages
    assert (first.citation.article_id, second.citation.meta.outlet) == ("afp-2", "Courier")
    assert [copy.meta.outlet for copy in second.also_in] == ["AFP"]
    service.close()


def test_a_smaller_top_k_gives_the_beginning_copies_included(tmp_path: Path) -> None:
    service = fake_service(tmp_path, max_tokens=24, overlap_sentences=1)
    for number in range(6):
        text = REPORT.replace("12", str(12 + number // 2))
        service.add_article(ArticleDraft(text, f"a{number}", ArticleMeta(outlet=f"Outlet {number % 4}")))
    whole = service.ask(replace(QUESTION, top_k=100)).passages
    assert any(passage.also_in for passage in whole)
    for top_k in range(1, len(whole)):
        assert service.ask(replace(QUESTION, top_k=top_k)).passages == whole[:top_k]
    service.close()


def test_how_the_copies_came_to_be_there_does_not_show(tmp_path: Path) -> None:
    found = []
    for folder, order in (("a", (0, 1, 2, 3)), ("b", (3, 1, 0, 2))):
        service = fake_service(tmp_path / folder)
        for number in order:
            service.add_article(ArticleDraft(REPORT, f"a{number}", ArticleMeta(outlet=f"Outlet {number}")))
            service.add_article(ArticleDraft(OWN, article_id=f"b{number}"))
            if folder == "b":
                service.delete_article(f"b{number}")
                service.rebuild()
                service.add_article(ArticleDraft(OWN, article_id=f"b{number}"))
        answer = service.ask(QUESTION)
        found.append(replace(answer, collection=replace(answer.collection, generation=0)))
        service.close()
    assert found[0] == found[1]
    assert [len(passage.also_in) for passage in found[0].passages] == [3, 3]


def test_what_is_like_many_others_costs_a_bounded_number_of_comparisons(tmp_path: Path) -> None:
    rows = [row(n, "a b c d", article=n) for n in range(1, 91)]
    asked: list[tuple[int, int]] = []

    def is_copy(lower: int, upper: int) -> bool:
        asked.append((lower, upper))
        return False

    duplicates = duplicates_of(rows, is_copy)
    compared = []
    for position in range(10):  # 89 + 88 + ... pairs without a bound: 845
        duplicates.take(position)
        compared.append(len(asked))
    # 89 + 88 + 87 + 86 + 85 + 84 + 83 = 602 of 400 + 40 * 6; 82 more would be 684 of 400 + 40 * 7; then it is 40 each
    assert compared == [89, 177, 264, 350, 435, 519, 602, 680, 720, 760]
    assert (MOST_COMPARED, MORE_FOR_EACH) == (400, 40)


@pytest.mark.slow
def test_a_long_list_over_what_many_outlets_print_shows_each_report_once(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    drafts = []
    for story in range(25):
        place = f"Town{story}"
        text = (
            f"Soldiers were killed near {place}, the army of {place} said. The mayor of {place} asked {place} for calm."
        )
        drafts += [ArticleDraft(text, f"s{story}-{n}", ArticleMeta(outlet=f"Outlet {n}")) for n in range(18)]
    service.ingest_drafts(drafts)
    whole = service.ask(replace(QUESTION, top_k=100, diversity=0.0)).passages
    assert len({passage.passage.text for passage in whole}) == len(whole) == 25
    for top_k in (1, 5, 24):
        assert service.ask(replace(QUESTION, top_k=top_k, diversity=0.0)).passages == whole[:top_k]
    service.close()
