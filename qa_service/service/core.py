"""`Service`: everything that this program can do, for every interface."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from threadpoolctl import threadpool_limits

from qa_service.answering.confidence import load_confidence
from qa_service.embedding import Embedder
from qa_service.errors import ArticleNotFound, QAServiceError
from qa_service.ingest.encode import open_encoder
from qa_service.ingest.files import GivenFiles
from qa_service.ingest.parts import FileReader
from qa_service.ingest.run import Progress, store
from qa_service.ingest.source import Source, never
from qa_service.options.checked_question import checked_question
from qa_service.parsing import read_draft
from qa_service.ranking.readable import unread_languages
from qa_service.records import (
    AddedArticle,
    Answer,
    Article,
    ArticleDraft,
    ArticlePage,
    CollectionInfo,
    IngestReport,
    Question,
    VerifyReport,
)
from qa_service.service import ingesting
from qa_service.service.contents import Contents
from qa_service.service.follow_up import answers_in_turn
from qa_service.service.job_calls import JobCalls
from qa_service.service.known_names import with_known_names
from qa_service.service.models import Models
from qa_service.service.open_collections import OpenCollections, choose_engine, origin_of, with_newest
from qa_service.service.open_question import open_question
from qa_service.service.preload import loading_tables, warm_up
from qa_service.service.previews import PreviewCalls, parse_limits
from qa_service.service.ranking_signals import HeadSignals, read_signals
from qa_service.settings import Settings, load_settings
from qa_service.storage.port import Engine, Store

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["Service"]

logger = logging.getLogger(__name__)


class Service(JobCalls, PreviewCalls, AbstractContextManager["Service"]):
    """Collections to fill and to ask. Open it with `Service.open`. Several threads may use it at once."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None, engine: Engine | None = None) -> None:
        """`engine` stores the collections; if it is None, the settings choose it."""
        self.settings = settings
        self._models = Models(settings, embedder)
        self.reopenable = embedder is None and engine is None
        """Whether another process that opens these settings has an equal service."""
        self._loading = threading.Lock()
        engine = choose_engine(settings) if engine is None else engine
        self._collections = OpenCollections(engine, lambda: origin_of(settings, self.embedder))
        self._started = False

    @classmethod
    def open(cls, settings: Settings | None = None, embedder: Embedder | None = None, **changes: Any) -> Self:
        """A service; use it in a `with` statement, or call `close`. The first call that needs the model loads it.

        `changes` are settings by name, such as `index="articles"`. Other settings come from `settings`, or, as on the
        command line, from the environment and `QA_CONFIG`. BLAS gets one thread: several questions use several cores.

        Raises:
            SettingsError: a setting is wrong.
        """
        threadpool_limits(1)
        if settings is None:
            return cls(load_settings(changes), embedder)
        return cls(Settings.model_validate(dict(settings) | changes) if changes else settings, embedder)

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *, writes: bool = True) -> None:
        """Prepare for serving: load all that a question needs, and watch for commits of other processes.

        With `writes`, also open the default collection, and continue jobs, including those that a crash interrupted.

        Raises:
            ModelUnavailable: the model or the reranker is not on disk.
            CollectionMismatch: the default collection was built with other settings.
        """
        with loading_tables():
            self.load_models()
            if writes:
                self._collections.get_for_vectors("default", create=True)
                self._open_jobs().start()
            filled = self._collections.open_all()
        for name in filled[:1]:
            warm_up(partial(self.ask, collection=name))
        self._collections.watch()
        self._started = True

    @property
    def embedder(self) -> Embedder:
        """Loaded at the first use. Raises ModelUnavailable if the model is not on disk."""
        return self._models.embedder

    @property
    def reranker(self) -> CrossEncoderReranker | None:
        """Loaded as `embedder` is; None if the settings name no reranker."""
        return self._models.reranker

    def load_models(self) -> None:
        """Load all models that answering needs; raises ModelUnavailable if one is not on disk."""
        self._models.load()

    def close(self) -> None:
        """Interrupt the jobs that run, which the next start continues, and close all files."""
        self._close_jobs()
        self._collections.close()

    @property
    def ready(self) -> bool:
        """Whether `start` has run, so that questions are answered at once."""
        return self._started

    def ask(self, question: Question | str, **options: Any) -> Answer:
        """The answer, with ranked passages and citations. Equal questions on equal content give equal answers.

        `options` are fields of `Question` by name, such as `top_k=3`.

        Raises:
            InvalidInput: an option is wrong; `param` names it.
            CollectionNotFound: the collection does not exist.
            CollectionMismatch: the collection was built with another model or chunking.
        """
        return self.ask_under(checked_question(question, options), [self.settings])[0]

    def ask_under(self, question: Question, variants: Sequence[Settings], *, compare: bool = True) -> list[Answer]:
        """The answer of `ask` under each of several settings of ranking and answering, at little more cost than one.

        All answers use the same snapshot. `compare=False` leaves out perspectives and disagreements."""
        score = self.reranker.score if self.reranker is not None else None
        store = self._collections.get_for_vectors(question.collection)
        models = self._models
        confidence = load_confidence(self.embedder.model_id.partition("@")[0])
        ask = partial(open_question, question, embedder=self.embedder, confidence=confidence, score=score)
        ask = partial(ask, contradicts=models.contradictions, reader=models.reader if question.answer else None)
        return with_newest(store, lambda now: answers_in_turn(question, partial(ask, now), variants, compare))

    def ranking_signals(self, question: Question, removed: Sequence[Collection[str]]) -> list[HeadSignals | None]:
        """The signals of the confidence, for each set of article ids that is removed from the ranking; see
        `read_signals`."""
        store = self._collections.get_for_vectors(question.collection)
        confidence = load_confidence(self.embedder.model_id.partition("@")[0])
        rest = self.embedder, self.settings, confidence, self._models.reader
        return with_newest(store, lambda now: read_signals(question, removed, now, *rest))

    def collections(self) -> list[CollectionInfo]:
        """The collections that can be opened; the log tells why another cannot."""
        found = []
        for name in self._collections.names():
            try:
                found.append(self.status(name))
            except QAServiceError as error:
                logger.warning("collection %s cannot be opened: %s", name, error)
        return found

    def status(self, collection: str = "default") -> CollectionInfo:
        """The content of a collection, and its languages that the model does not read."""
        info = self._collections.get(collection).refresh().info
        return replace(info, unread_languages=unread_languages(info.languages, self._models.languages))

    def check_collection(self, name: str = "default") -> None:
        """Open the collection for asking. Raises CollectionNotFound, or CollectionMismatch if the settings differ."""
        self._collections.get_for_vectors(name)

    def contents(self, name: str = "default") -> Contents:
        """Read access to a collection, to check answers against it. It needs no model."""
        return Contents(self._collections.get(name))

    def article(self, article_id: str, collection: str = "default") -> Article:
        return self._collections.get(collection).refresh().article(article_id)

    def articles(self, collection: str = "default", *, limit: int = 50, after: str | None = None) -> ArticlePage:
        return self._collections.get(collection).refresh().articles(limit, after)

    def add_article(
        self, draft: ArticleDraft, collection: str = "default"
    ) -> tuple[tuple[AddedArticle, ...], int, bool]:
        """Store a draft durably; returns its articles, the generation, and whether anything changed."""
        articles = read_draft(draft)
        opened = self._collections.get_for_vectors(collection, create=True)
        with open_encoder(self.embedder, ingesting.chunking_of(self.settings)) as encoder:
            (result,) = store(opened, [Source(articles[0].article_id, draft.meta.source, articles)], encoder)
        if result.outcome == "unchanged":
            opened.refresh()  # another process may have stored it
        self._maintain_if_due(opened)
        return result.articles, opened.snapshot().generation, result.outcome != "unchanged"

    def delete_article(self, article_id: str, collection: str = "default") -> int:
        opened = self._collections.get(collection)
        with opened.writing():
            if not opened.articles_with_ids([article_id]):
                raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
            generation = opened.write(deleted=[article_id])
        self._maintain_if_due(opened)
        return generation

    def ingest(
        self,
        paths: Path | str | Sequence[Path | str],
        collection: str = "default",
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = never,
        *,
        columns: Mapping[str, str] | None = None,
    ) -> IngestReport:
        """Read a file or folder, or several, into a collection. The report names files that cannot be read.

        A file that is named by itself takes the longest end of its path that the collection has as a source, else its
        bare name. Once `cancelled` returns True, the ingest stops within about a second. What is stored stays.

        Args:
            columns: for tables and JSON: the column that holds each field, by the field's name.

        Raises:
            InvalidInput: a path is missing, two files have one name, or a `sources.toml` is wrong. Nothing is stored.
        """
        files = with_known_names(ingesting.given_files(paths, columns), self._collections, collection)
        report = self._ingest_files(enumerate(files), len(files), collection, progress, cancelled)
        return ingesting.with_unread(files, report) if cancelled() else report

    def ingest_drafts(
        self, drafts: Iterable[ArticleDraft], collection: str = "default", progress: Progress | None = None
    ) -> IngestReport:
        """Store texts without cleaning, such as a benchmark's corpus."""
        found = list(drafts)
        return self._ingest(map(ingesting.read_as_is, found), collection, total=len(found), progress=progress)

    def ingest_beir(self, folder: Path, collection: str = "default", progress: Progress | None = None) -> IngestReport:
        """Store the corpus of a BEIR folder, with one document in memory at a time.

        Raises:
            InvalidInput: there is no corpus, or no line of it is a document.
        """
        total, told = ingesting.checked_beir(folder)
        return self._ingest(ingesting.beir_sources(folder, told), collection, total=total, progress=progress)

    def verify(self, collection: str = "default") -> VerifyReport:
        return self._collections.get(collection).verify()

    def rebuild(self, collection: str = "default") -> CollectionInfo:
        """Derive the indexes anew from the catalogue."""
        self._collections.get(collection).rebuild()
        return self.status(collection)

    def _ingest_files(
        self, files: GivenFiles, total: int, name: str, progress: Progress | None, cancelled: Callable[[], bool] = never
    ) -> IngestReport:
        with FileReader(files, parse_limits(self.settings), cancelled) as reader:
            rest = {"total": total, "progress": progress, "cancelled": cancelled, "reader": reader}
            return self._ingest(reader.sources(), name, **rest)

    def _ingest(self, sources: Iterable[Source], collection: str, **rest: Any) -> IngestReport:
        opened = partial(open_encoder, self.embedder, ingesting.chunking_of(self.settings))
        return ingesting.ingest_into(self._collections, collection, sources, opened, **rest)

    def _maintain_if_due(self, store: Store) -> None:
        """Maintain the store: in a thread if this is a server, else at once."""
        if store.maintenance_due():
            if self._started:
                threading.Thread(target=store.maintain, name="maintain", daemon=True).start()
            else:
                store.maintain()
