"""Compares sources with the stored articles: what a commit adds and deletes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa_service.errors import InvalidInput
from qa_service.ingest.identity import free_id, settle
from qa_service.ingest.results import Results
from qa_service.ingest.source import Place, Source
from qa_service.parsing.articles import earlier_id
from qa_service.records import Article
from qa_service.storage.port import Store
from qa_service.storage.writes import JobFile

__all__ = ["IDS_PER_QUERY", "CommitPlan", "Outcome", "forget_marks", "marks", "plan", "portions"]

IDS_PER_QUERY = 10_000
"""SQLite allows 32 766 variables per statement by default."""
_MARK = "replacing {}"
"""In place of the id of a job."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a source. `reason` says why it is skipped."""

    outcome: str
    articles: tuple[Article, ...] = ()
    """With their final ids."""
    reason: str | None = None
    warning: str | None = None
    versions: frozenset[str | None] = frozenset()
    """SHA-256 of the files that the stored articles with these ids were read from."""


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """The changes that a commit of some sources makes."""

    added: tuple[Article, ...]
    deleted: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    """Of each source."""


@dataclass(slots=True)
class _Commit:
    """A plan in the making."""

    target: Store
    given: Mapping[str, str] | None
    results: Results | None
    known: Mapping[str, Article]
    """The stored articles with an id of any source. One query for all sources costs far less than one for each."""
    added: dict[str, Article] = field(default_factory=dict)
    deleted: dict[str, None] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    """Ids of this commit, with the label of their source."""
    parts: dict[Place | None, tuple[set[str], set[str | None]]] = field(default_factory=dict)
    """Ids and versions that parts of a long file have in this commit."""
    failed: dict[Place | None, str] = field(default_factory=dict)

    def label_of(self, article_id: str) -> str | None:
        """The source that this ingest read the id from, if it did."""
        return self.earlier.get(article_id) or (self.given or {}).get(article_id)


def plan(
    target: Store, sources: Sequence[Source], given: Mapping[str, str] | None = None, results: Results | None = None
) -> CommitPlan:
    """Compares the sources with the stored articles.

    Args:
        given: None for posted articles, which replace articles of the same id. Else the ids that this ingest stored,
            each with the label of its source. A source with such an id, or with the id of an article of another stored
            `source`, is skipped.
        results: the earlier parts of long files. None if earlier parts may not be stored yet: then nothing that is
            missing in a long file is deleted.

    Raises:
        InvalidInput: `given` is None, and two articles have the same id and different texts.
    """
    ids = list(dict.fromkeys(a.article_id for source in sources for a in source.articles))
    known = {a.article_id: a for some in portions(ids) for a in target.articles_with_ids(some)}
    commit = _Commit(target, given, results, known)
    outcomes = tuple(_planned(commit, source) for source in sources)
    return CommitPlan(tuple(commit.added.values()), tuple(commit.deleted), outcomes)


def portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in portions that fit a query."""
    return (ids[at : at + IDS_PER_QUERY] for at in range(0, len(ids), IDS_PER_QUERY))


def _planned(commit: _Commit, source: Source) -> Outcome:
    if source.members is not None and source.skipped is None:
        return Outcome("unchanged", warning=_delete_gone_members(commit, source))
    failed = commit.failed.get(source.place) if not source.whole else None
    before = commit.results.so_far(source) if commit.results is not None else None
    if failed is None and before is not None and before.result.outcome == "skipped":
        failed = before.result.reason
    if failed is not None:
        return Outcome("skipped", reason=failed)
    if source.skipped is not None:
        return _stopped(commit, source)
    source = _with_stored_ids(commit, source)
    settled, stored, warning = _settled(commit, source)
    here = stored | commit.added
    reason = _conflict(settled, here, commit)
    if reason is not None and commit.given is None:
        raise InvalidInput(reason, param="article_id")
    if reason is not None:
        commit.failed[source.place] = reason
        return Outcome("skipped", reason=reason)
    own = {a.article_id: a for a in settled.articles}
    gone = [i for i, a in stored.items() if own.get(i) != a]
    new = {i: a for i, a in own.items() if here.get(i) != a}
    versions = frozenset(stored[i].meta.source_sha256 for i in own if i in stored)
    if not source.whole:
        gone += _left_out(commit, source, set(own), versions)
    commit.added |= new
    commit.earlier |= dict.fromkeys(own, source.label)
    commit.deleted |= dict.fromkeys(gone)
    outcome = "unchanged" if not new and not gone else "replaced" if gone else "added"
    return Outcome(outcome, settled.articles, warning=warning if new else None, versions=versions)


def _stopped(commit: _Commit, source: Source) -> Outcome:
    """A file that cannot be read, or not to its end."""
    reason = source.skipped
    before = commit.results.so_far(source) if commit.results is not None else None
    count = len(before.ids if before else ()) + len(commit.parts.get(source.place, (set(), set()))[0])
    if not source.whole and count:
        reason = f"{reason} The {count} articles before that are stored."
    return Outcome("skipped", reason=reason)


def _settled(commit: _Commit, source: Source) -> tuple[Source, dict[str, Article], str | None]:
    """The source with final ids, and the stored articles that it may replace, by id."""
    target, ids = commit.target, [a.article_id for a in source.articles]
    known = commit.known
    found = {i: known[i] for i in ids if i in known and i not in commit.deleted}
    if source.name is None:
        return _posted(commit, source, found), found, None
    if not source.whole:
        return source, found, None
    stored = {a.article_id: a for a in target.articles_of_source(source.name) if a.article_id not in commit.deleted}
    same_name = stored | {i: a for i, a in commit.added.items() if a.meta.source == source.name}

    def taken(article_id: str) -> bool:
        if article_id in same_name:
            return False  # `settle` knows these
        if article_id in commit.added or commit.label_of(article_id) not in (None, source.label):
            return True
        if article_id in found:
            return True
        return article_id not in ids and bool(target.articles_with_ids([article_id]))

    settled = settle(
        source.articles, list(same_name.values()), bare=source.bare, free=lambda wanted: free_id(wanted, taken)
    )
    kept = {i: a for i, a in {**found, **stored}.items() if i not in settled.beside}
    own = {a.article_id for a in settled.articles}
    kept = {i: a for i, a in kept.items() if i in own or i in stored}
    warning = None
    if settled.unrelated and commit.given is not None:
        what = "Both are kept" if source.bare else "It was replaced"
        warning = f"Another text that has nothing in common with this file was stored under its name. {what}."
    return replace(source, articles=settled.articles), kept, warning


def _posted(commit: _Commit, source: Source, found: dict[str, Article]) -> Source:
    """The source with the id that an earlier version derived, if the article is stored under it."""
    articles = []
    for article in source.articles:
        before = earlier_id(article)
        if before is not None and article.article_id not in found:
            for stored in commit.target.articles_with_ids([before]):
                same = stored.text == article.text and _origin(stored) == _origin(article)
                if same and before not in commit.deleted:
                    article, found[before] = replace(article, article_id=before), stored
        articles.append(article)
    return replace(source, articles=tuple(articles))


def _with_stored_ids(commit: _Commit, source: Source) -> Source:
    """The source, whose articles keep the ids that an earlier version stored without the source before them."""
    head = f"{source.name}#"
    plain = {i: i.removeprefix(head) for a in source.articles if (i := a.article_id).startswith(head)}
    stored: dict[str, Article] = {}
    for some in portions([*plain, *plain.values()]):
        stored |= {a.article_id: a for a in commit.target.articles_with_ids(some)}
    kept = {
        i: before
        for i, before in plain.items()
        if i not in stored and before in stored and stored[before].meta.source == source.name
    }
    if not kept:
        return source
    articles = tuple(replace(a, article_id=kept.get(a.article_id, a.article_id)) for a in source.articles)
    return replace(source, articles=articles)


def _origin(article: Article) -> tuple[str | None, ...]:
    return article.meta.source, article.meta.outlet, article.meta.url


def _left_out(commit: _Commit, source: Source, own: set[str], versions: frozenset[str | None]) -> list[str]:
    """After the last part of a long file: the stored articles that it no longer has."""
    ids, met = commit.parts.setdefault(source.place, (set(), set()))
    ids |= own
    met |= versions
    if not source.last or commit.results is None or source.name is None:
        return []
    before = commit.results.so_far(source)
    if before is not None:
        ids |= before.ids
        met |= before.versions
    met |= {a.meta.source_sha256 for a in source.articles} | _marked(commit.target, source)
    stored = commit.target.versions_of_source(source.name)
    return [
        i for i, version in stored.items()
        if i not in ids and i not in commit.deleted and (not source.bare or version in met)
    ]  # fmt: skip


def marks(target: Store, sources: Sequence[Source], planned: CommitPlan) -> dict[JobFile, str]:
    """For long files with bare names: the versions that their parts replace, to be recorded in the same commit.

    After a crash the last part must still tell the old version of the file from an unrelated file of the same name.
    """
    found: dict[JobFile, str] = {}
    for source, outcome in zip(sources, planned.outcomes, strict=True):
        if source.bare and not source.whole and not source.last:
            key = _MARK.format(source.name)
            versions = set(outcome.versions) - _marked(target, source)
            if versions:
                number = len(target.done_files(key)) + sum(known[0] == key for known in found)
                found[key, number] = json.dumps(list(versions))
    return found


def forget_marks(target: Store, sources: Sequence[Source]) -> None:
    """Delete the records of `marks` of long files that are complete."""
    for source in sources:
        if source.bare and not source.whole and source.last and source.skipped is None:
            target.forget_job(_MARK.format(source.name))


def _marked(target: Store, source: Source) -> set[str | None]:
    return {v for text in target.done_files(_MARK.format(source.name)).values() for v in json.loads(text)}


def _delete_gone_members(commit: _Commit, source: Source) -> str | None:
    """Deletes the articles of files that an archive has no more. A bare name may be that of another archive: then they
    stay, and the sentence that is returned says so."""
    gone = [n for n in commit.target.sources_below(f"{source.label}/") if n not in (source.members or ())]
    if source.bare and gone:
        others = "" if len(gone) == 1 else f" and {len(gone) - 1} more"
        return (
            f"the articles of {gone[0]}{others} stay, though this archive lacks the file. They came from an archive of "
            "this name, which may be another one. Delete them if it is the same."
        )
    for name in gone:
        commit.deleted |= dict.fromkeys(i for i in commit.target.versions_of_source(name) if i not in commit.deleted)
    return None


def _conflict(source: Source, here: Mapping[str, Article], commit: _Commit) -> str | None:
    """The reason to skip the source if an id in it belongs to another article, else None."""
    replaces = commit.given is None
    own: dict[str, Article] = {}
    for article in source.articles:
        known = here.get(article.article_id)
        other = None
        if own.setdefault(article.article_id, article) != article:
            other = source.label
        elif known is None or known == article:
            continue
        elif (label := commit.label_of(article.article_id)) is not None:
            other = label
        elif not replaces and article.meta.source is not None and known.meta.source not in (None, article.meta.source):
            other = known.meta.source
        if other is not None:
            return (
                f"{source.label}: article id {article.article_id!r} belongs to another article, from {other}. "
                "Give this article a different id, or delete the other article."
            )
    return None
