"""The candidates' token vectors, read from the catalogue: some 10 KB a passage, so only for the few that need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.storage.catalogue import Catalogue
from qa_service.storage.rows import TokenSigns
from qa_service.storage.snapshot import Snapshot

__all__ = ["PassageGone", "read_token_signs"]


class PassageGone(Exception):
    """A passage of the snapshot has been deleted since: ask again with the next snapshot. Never leaves the service."""


def read_token_signs(catalogue: Catalogue, snapshot: Snapshot, rows: npt.NDArray[np.int64]) -> list[TokenSigns]:
    """In the order of `rows`.

    Raises:
        PassageGone: one of them was deleted.
    """
    seqs = snapshot.column("seq", rows).tolist()
    found = catalogue.token_signs(seqs)
    if len(found) < len(seqs):
        raise PassageGone
    return [found[seq] for seq in seqs]
