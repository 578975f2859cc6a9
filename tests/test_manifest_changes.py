"""What differs between two evaluations, each change once and in words."""

from __future__ import annotations

from typing import Any

import pytest

from qa_service.evaluation.run.manifest_changes import changes

MANIFEST: dict[str, Any] = {
    "program": "qa-service 1.0",
    "collection": {
        "name": "default", "generation": 3, "fingerprint": "f" * 64, "articles": 5, "passages": 80, "truncated": None,
    },
    "settings": {"dense_weight": 0.3, "model": "mini", "languages": ["a", "b"], "api_key": None},
    "overrides": {"dense_weight": 0.3},
    "changed": ["dense_weight"],
    "question_set": {"path": "q.jsonl", "format": "jsonl", "sha256": "0" * 64, "questions": 20},
    "relevance": "article",
    "top_k": 10,
    "versions": {"python": "3.11.7", "torch": "2.1"},
    "model": {"id": "mini@1"},
    "started": "2025-01-01T00:00:00+00:00",
    "workers": 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"started": "later", "workers": 1, "overrides": {}, "changed": []}, []),
        ({"collection": {"generation": 9}}, []),
        (
            {"settings": {"dense_weight": 0.5}, "overrides": {"dense_weight": 0.5}},
            ["dense_weight was 0.3, is 0.5"],
        ),
        ({"settings": {"dense_weight": 0.5}, "overrides": {}, "changed": []}, ["dense_weight was 0.3, is 0.5"]),
        ({"settings": {"model": "maxi"}, "model": {"id": "maxi@1"}}, ["model was mini, is maxi"]),
        ({"model": {"id": "mini@2"}}, ["the model's id was mini@1, is mini@2"]),
        ({"settings": {"languages": []}}, ["languages was a, b, is empty"]),
        ({"settings": {"api_key": "***", "port": 9, "index": "elsewhere"}}, []),  # no answer depends on them
        ({"max_per_article": 1}, ["max_per_article was not set, is 1"]),
        ({"settings": {"new": 1}}, ["new was not set, is 1"]),
        (
            {"collection": {"fingerprint": "e" * 64, "articles": 6, "passages": 90}},
            [
                "the content of collection 'default' has changed "
                "(it held 5 articles with 80 passages, holds 6 articles with 90 passages)"
            ],
        ),
        ({"collection": {"fingerprint": "e" * 64}}, ["the content of collection 'default' has changed"]),
        ({"collection": {"name": "news", "fingerprint": "e" * 64}}, ["the collection was 'default', is 'news'"]),
        (
            {"question_set": {"sha256": "1" * 64, "questions": 21}},
            ["q.jsonl has changed (it had 20 questions, has 21)"],
        ),
        ({"question_set": {"path": "r.jsonl", "sha256": "1" * 64}}, ["the question set was q.jsonl, is r.jsonl"]),
        ({"top_k": 5, "relevance": "answer"}, ["relevance was article, is answer", "k was 10, is 5"]),
        ({"versions": {"torch": "2.2"}, "program": "qa-service 1.1"}, [
            "the program was qa-service 1.0, is qa-service 1.1", "torch was 2.1, is 2.2",
        ]),
    ],
)  # fmt: skip
def test_each_change_is_told_once(changed: dict[str, Any], told: list[str]) -> None:
    now = dict(MANIFEST)
    for name, value in changed.items():
        # "overrides" is what was given, whole; of the rest only what is named changes.
        now[name] = MANIFEST[name] | value if isinstance(value, dict) and name != "overrides" else value
    assert changes(MANIFEST, now) == told
