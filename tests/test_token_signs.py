from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import draft, fake_service
from qa_service.ranking.token_signs import PassageGone, TokenSignReader


def test_what_was_read_is_not_read_again_and_a_deleted_passage_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path)
    for number in range(3):
        service.add_article(draft(number))
    opened = service.collection()
    snapshot, real = opened.snapshot, opened.catalogue.token_signs
    asked: list[list[int]] = []

    def counted(seqs: list[int]) -> object:
        asked.append(list(seqs))
        return real(seqs)

    monkeypatch.setattr(opened.catalogue, "token_signs", counted)
    reader = TokenSignReader(opened.catalogue, snapshot)
    first, second = reader.read(np.array([1, 0]))
    assert [s.bits.tolist() for s in reader.read(np.array([0, 1]))] == [second.bits.tolist(), first.bits.tolist()]
    seqs = snapshot.column("seq", np.arange(3)).tolist()
    assert asked == [[seqs[1], seqs[0]]]
    service.delete_article("article-2")
    with pytest.raises(PassageGone):
        reader.read(np.array([0, 2]))
    service.close()
