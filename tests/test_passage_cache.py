from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import draft, fake_service, store_of

from qa_service.ranking.passage_cache import PassageCache
from qa_service.records import Article, ArticleDraft, Filters, Question
from qa_service.records.encodings import TokenColumns
from qa_service.storage.local.snapshot import LocalSnapshot
from qa_service.storage.port import Ids, PassageGone, Snapshot

REPORT = "The army said on Friday that 12 soldiers were killed near Kidal. Fighters attacked a fuel convoy at dawn."
LONGER = f"{REPORT} The army then took that back."


def first(snapshot: Snapshot, count: int = 1) -> list[int]:
    """The keys of the first passages, in the order in which they were added."""
    found = snapshot.nearest(np.ones(64, np.float32), 100, Filters()).ids
    return sorted(found.tolist())[:count]


QUESTION = Question("How many soldiers were killed near Kidal?")


def test_an_article_that_was_replaced_is_gone_though_the_passage_stands_in_it_still(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.add_article(ArticleDraft(REPORT, article_id="a"))
    snapshot = store_of(service).snapshot()
    early, late = PassageCache(snapshot), PassageCache(snapshot)
    ((passage, article),) = early.passages(first(snapshot))
    assert early.article_text(article) == REPORT
    service.add_article(ArticleDraft(LONGER, article_id="a"))
    assert service.article("a").text[passage.start : passage.end] == passage.text
    with pytest.raises(PassageGone):
        late.article_text(article)
    assert early.article_text(article) == REPORT  # read already, and the passage is of that text
    service.close()


def test_an_article_that_was_deleted_is_gone(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.add_article(ArticleDraft(REPORT, article_id="a"))
    snapshot = store_of(service).snapshot()
    cache = PassageCache(snapshot)
    ((_, article),) = cache.passages(first(snapshot))
    service.delete_article("a")
    with pytest.raises(PassageGone):
        cache.article_text(article)
    service.close()


def test_where_an_article_is_replaced_under_a_question_it_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path)
    # what each adds is looked for in the whole of the other
    texts = {"a": f"{REPORT} Our desk shortened this.", "b": f"{REPORT} Our agency wrote this."}
    for name, text in texts.items():
        service.add_article(ArticleDraft(text, article_id=name))
    catalogue = store_of(service).catalogue
    real, replaced = catalogue.article, []

    def replacing(article_id: str) -> Article:
        """As if another process replaced the article after its passages were read."""
        if not replaced:
            replaced.append(article_id)
            service.add_article(ArticleDraft(f"{texts[article_id]} Rain fell.", article_id=article_id))
        return real(article_id)

    monkeypatch.setattr(catalogue, "article", replacing)
    answer = service.ask(QUESTION)
    assert len(replaced) == 1
    cited = [citation for shown in answer.passages for citation in (shown.citation, *shown.also_in)]
    assert sorted({one.article_id for one in cited}) == ["a", "b"]
    assert answer.collection == service.status()
    for citation in cited:
        assert citation.article_sha256 == service.article(citation.article_id).sha256
    service.close()


def test_what_was_read_is_not_read_again_and_a_deleted_passage_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path)
    for number in range(3):
        service.add_article(draft(number))
    snapshot = store_of(service).snapshot()
    real, asked = LocalSnapshot.tokens, list[list[int]]()

    def counted(self: LocalSnapshot, ids: Ids) -> TokenColumns:
        asked.append(ids.tolist())
        return real(self, ids)

    monkeypatch.setattr(LocalSnapshot, "tokens", counted)
    cache = PassageCache(snapshot)
    one, two, three = first(snapshot, 3)
    read, again = cache.tokens([two, one]), cache.tokens([one, two])
    assert read.passage(0).bits.tolist() == again.passage(1).bits.tolist() != again.passage(0).bits.tolist()
    assert read.passage(1).bits.tolist() == again.passage(0).bits.tolist()
    assert asked == [[two, one]]
    service.delete_article("article-2")
    with pytest.raises(PassageGone):
        cache.passages([one, three])
    service.close()
