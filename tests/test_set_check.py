"""Question sets checked in a process of their own, of bounded time and memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders import draft, fake_service

from qa_service.errors import CollectionNotFound, InvalidInput
from qa_service.evaluation.run.set_check import CheckedSet, SetToCheck, check_beside
from qa_service.service import Service

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = fake_service(tmp_path / "index")
    yield service
    service.close()


def unchecked(service: Service, folder: Path, question: str, *evidence: dict[str, object]) -> SetToCheck:
    line = {"id": "q", "question": question, "evidence": evidence}
    (folder / "set.jsonl").write_text(json.dumps(line) + "\n")
    return SetToCheck(folder / "set.jsonl", None, None, "default", service.settings)


def test_what_a_set_turned_out_to_be(service: Service, tmp_path: Path) -> None:
    service.add_article(draft(1))
    sent = unchecked(service, tmp_path, "Where?", {"article_id": "article-1", "start": 0, "end": 5})
    assert check_beside(sent) == CheckedSet("jsonl", 1, {frozenset({"evidence"}): 1})
    with pytest.raises(CollectionNotFound):
        check_beside(replace(sent, collection="none"))


def test_a_set_that_is_slow_to_check_is_given_up(service: Service, tmp_path: Path) -> None:
    service.add_article(draft(1, "a " * 40_000, source="a.txt"))
    sent = unchecked(service, tmp_path, "Where?", {"source": "a.txt", "text": "a " * 20_000 + "b"})
    with pytest.raises(InvalidInput, match=r"set\.jsonl: needs more than 2 seconds to check") as refused:
        check_beside(replace(sent, most_seconds=2))
    assert refused.value.param == "file"


def test_a_set_that_needs_too_much_memory_is_given_up(service: Service, tmp_path: Path) -> None:
    sent = unchecked(service, tmp_path, "a" * (1 << 26))
    with pytest.raises(InvalidInput, match=r"set\.jsonl: needs more than (128 MiB of|there is) memory to check"):
        check_beside(replace(sent, most_memory=1 << 27))


def test_a_process_that_dies_is_no_verdict(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.evaluation.run.set_check.__name__", "qa_service.no_such_module")
    with pytest.raises(RuntimeError, match="exit code 1"):
        check_beside(unchecked(service, tmp_path, "Where?"))
