"""A copy of a collection under other settings of chunking or indexing, for as long as it is measured.

It is made from the articles that the collection's catalogue has, in a folder of its own (`TMPDIR` says where), which
goes when the copy is closed. The collection itself is only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qa_service.errors import Conflict
from qa_service.evaluation.tune.candidates import Changes
from qa_service.records import IngestProgress
from qa_service.service import Service

__all__ = ["rebuilt"]


@contextmanager
def rebuilt(
    service: Service, collection: str, changes: Changes, progress: Callable[[IngestProgress], None]
) -> Iterator[Service]:
    """A service whose collection of the same name holds the same articles, cut and indexed as the changed settings say.

    Raises:
        Conflict: the collection was changed while it was read.
    """
    contents = service.contents(collection)
    before = contents.info()
    with tempfile.TemporaryDirectory(prefix="qa-tune-") as folder:
        settings = service.settings.model_copy(update={**changes, "index": Path(folder)})
        with closing(Service.open(settings, service.embedder)) as copy:
            report = copy.ingest_articles(contents.articles(), before.articles, collection, progress)
            now = contents.info()
            if report.articles != before.articles or now.generation != before.generation:
                raise Conflict(
                    f"Collection {collection!r} was changed while it was copied; "
                    "start again when nothing writes to it.",
                    param="collection",
                )
            yield copy
