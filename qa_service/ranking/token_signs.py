"""The candidates' token vectors, read from the catalogue: some 10 KB a passage, so only for the few that need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.records import ArticleSummary, Passage
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.rows import TokenSigns
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["PassageGone", "TokenSignReader"]


class PassageGone(Exception):
    """A passage of the snapshot has been deleted since: ask again with the next snapshot. Never leaves the service."""


class TokenSignReader:
    """For one question over one snapshot: what ranking has read, confidence and evidence do not read again."""

    def __init__(self, catalogue: Catalogue, snapshot: Snapshot) -> None:
        self._catalogue = catalogue
        self._snapshot = snapshot
        self._known: dict[int, TokenSigns] = {}
        self._passages: dict[int, tuple[Passage, ArticleSummary]] = {}

    def read(self, rows: npt.NDArray[np.int64]) -> list[TokenSigns]:
        """In the order of `rows`.

        Raises:
            PassageGone: one of them was deleted.
        """
        seqs = self._snapshot.column("seq", rows).tolist()
        missing = [seq for seq in seqs if seq not in self._known]
        if missing:
            self._known |= self._catalogue.token_signs(missing)
        if any(seq not in self._known for seq in missing):
            raise PassageGone
        return [self._known[seq] for seq in seqs]

    def read_passages(self, rows: npt.NDArray[np.int64]) -> list[tuple[Passage, ArticleSummary]]:
        """The passages themselves, each with its article, in the order of `rows`.

        Raises:
            PassageGone: one of them was deleted.
        """
        seqs = self._snapshot.column("seq", rows).tolist()
        missing = [seq for seq in dict.fromkeys(seqs) if seq not in self._passages]
        if missing:
            self._passages |= self._catalogue.passages_with_articles(missing)
        if any(seq not in self._passages for seq in missing):
            raise PassageGone
        return [self._passages[seq] for seq in seqs]
