from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import fake_service
from qa_service.ranking.token_signs import PassageGone, TokenSignReader
from qa_service.service.passages import PassageReader

from qa_service.records import Article, ArticleDraft, Question

REPORT = "The army said on Friday that 12 soldiers were killed near Kidal. Fighters attacked a fuel convoy at dawn."
LONGER = f"{REPORT} The army then took that back."
QUESTION = Question("How many soldiers were killed near Kidal?")


def test_an_article_that_was_replaced_is_gone_though_the_passage_stands_in_it_still(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.add_article(ArticleDraft(REPORT, article_id="a"))
    opened = service.collection()
    signs = TokenSignReader(opened.catalogue, opened.snapshot)
    early, late = (PassageReader(opened.catalogue, signs) for _ in range(2))
    ((passage, article),) = early.read(np.array([0]))
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
    opened = service.collection()
    reader = PassageReader(opened.catalogue, TokenSignReader(opened.catalogue, opened.snapshot))
    ((_, article),) = reader.read(np.array([0]))
    service.delete_article("a")
    with pytest.raises(PassageGone):
        reader.article_text(article)
    service.close()


def test_where_an_article_is_replaced_under_a_question_it_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path)
    # what each adds is looked for in the whole of the other
    texts = {"a": f"{REPORT} Our desk shortened this.", "b": f"{REPORT} Our agency wrote this."}
    for name, text in texts.items():
        service.add_article(ArticleDraft(text, article_id=name))
    opened = service.collection()
    real, replaced = opened.catalogue.article, []

    def replacing(article_id: str) -> Article:
        """As if another process replaced the article after its passages were read."""
        if not replaced:
            replaced.append(article_id)
            service.add_article(ArticleDraft(f"{texts[article_id]} Rain fell.", article_id=article_id))
        return real(article_id)

    monkeypatch.setattr(opened.catalogue, "article", replacing)
    answer = service.ask(QUESTION)
    assert len(replaced) == 1
    cited = [citation for shown in answer.passages for citation in (shown.citation, *shown.also_in)]
    assert sorted({one.article_id for one in cited}) == ["a", "b"]
    assert answer.collection == opened.snapshot.info
    for citation in cited:
        assert citation.article_sha256 == service.article(citation.article_id).sha256
    service.close()
