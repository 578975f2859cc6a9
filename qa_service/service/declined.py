"""Says why a question has no answer: the filters admit no article, or no article is in the question's language.

A model that reads the question's language matches it by meaning, so the language is then no reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa_service.errors import did_you_mean
from qa_service.ranking.query import Query
from qa_service.records import CollectionInfo, Declined, Filters
from qa_service.storage.port import Snapshot
from qa_service.text.basic.language import absent_language
from qa_service.text.lexicon.language_names import in_english

__all__ = ["why_declined"]

MOST_NAMES = 3
"""Most unknown names, and most languages of the collection, in a message."""
_SHOWN = 80
"""Most characters of a name in a message."""


def why_declined(query: Query, filters: Filters, snapshot: Snapshot) -> Declined | None:
    """The reason; None if it is another reason, or the collection is empty."""
    if not snapshot.count():
        return None
    if filters and not snapshot.count(filters):
        unknown = list(_unknown(filters, snapshot))[:MOST_NAMES]
        return Declined("filters", " ".join(["No passage matches the filters.", *unknown]))
    language = absent_language(query.text, snapshot.info.languages)
    if language is None or _language_unstated(snapshot) or query.reads is None or language in query.reads:
        return None
    return Declined("language", _in_another_language(language, snapshot.info))


def _unknown(filters: Filters, snapshot: Snapshot) -> Iterator[str]:
    """A sentence for each filter value that no article has, and for days without articles."""
    info = snapshot.info
    lists: Sequence[tuple[str, tuple[str, ...], Sequence[str]]] = (
        ("outlet", filters.outlet, info.outlets),
        ("author", filters.author, info.authors),
        ("language", filters.language, info.languages),
    )
    for kind, names, known in lists:
        for name in names:
            if name not in known:
                yield f"There is no {kind} {name[:_SHOWN]!r}{did_you_mean(name, known)}"
    for tag in filters.tags:
        if not snapshot.count(Filters(tags=(tag,))):
            yield f"There is no tag {tag[:_SHOWN]!r}{did_you_mean(tag, info.tags)}"
    for article_id in filters.article_id:
        if not snapshot.count(Filters(article_id=(article_id,))):
            yield f"There is no article {article_id[:_SHOWN]!r}."
    days = Filters(published_from=filters.published_from, published_to=filters.published_to)
    if days and not snapshot.count(days):
        first, last = info.first_date, info.last_date
        told = "none has a date" if first is None else f"their dates are from {first} to {last}"
        yield f"No article was published on those days; {told}."


def _language_unstated(snapshot: Snapshot) -> bool:
    """Whether an article has no stated language. It can be in the question's language."""
    languages = snapshot.info.languages
    return not languages or snapshot.count(Filters(language=languages)) < snapshot.count()


def _in_another_language(language: str, info: CollectionInfo) -> str:
    names = [in_english(one) or f"the language {one!r}" for one in info.languages]
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} other languages"]
    there = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (
        f"The articles here are in {there}; the question seems to be in {in_english(language) or 'another language'}. "
        "Only words with the same spelling are matched, such as names."
    )
