"""Finds the columns of a table, or the keys of a JSON object, that hold the fields of an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.text.lexicon import words

__all__ = ["FIELDS", "NO_COLUMN", "WEAK_TEXT", "Columns", "find_columns", "plain_name", "refuse_unknown_fields"]

_USUAL: Mapping[str, str] = {
    "text": "text, body, full text, fulltext, content, article body, article text, article content, body text, "
    "maintext, main text, clean text, cleaned text, content text, content html, body html, text body, text content, "
    "article, story, story text, news, news text, plain text, raw text, volltext, artikeltext, texte, texto, testo, "
    "inhalt, contenu, contenido, contenuto, conteúdo, paragraphs, transcript, document, passage, post content, html, "
    "message, contents, description, summary, abstract, excerpt, lead, teaser",
    "title": "title, headline, head line, web title, article title, post title, heading, news title, subject, titel, "
    "schlagzeile, titre, titulo, título, titolo, tytuł",
    "outlet": "outlet, publisher, publication, source, source name, site, site name, newspaper, paper, news source, "
    "website, zeitung, quelle, journal, fuente, testata",
    "author": "author, authors, byline, by, writer, creator, dc creator, author name, authored by, reporter, "
    "journalist, autor, autorin, verfasser, auteur, autore",
    "published": "published, published at, published date, published on, publication date, date published, "
    "publish date, pub date, pubdate, date, publish time, published time, publication time, datetime, timestamp, "
    "posted, posted at, created, created at, date created, time, web publication date, first publication date, issued, "
    "date publish, datum, veröffentlicht, erscheinungsdatum, fecha, data",
    "updated": "updated, updated at, date updated, last updated, modified, modified at, date modified, last modified, "
    "modified date, update date, aktualisiert",
    "language": "language, lang, in language, language code, locale, sprache, langue, idioma, lingua",
    "url": "url, link, web url, permalink, article url, canonical url, source url, uri, href, guid url, web address",
    "tags": "tags, keywords, keyword, section, sections, category, categories, topic, topics, section name, labels, "
    "subjects, schlagworte, ressort, rubrik",
    "id": "_id, id, article id, doc id, docid, document id, uuid, news id, story id, guid, uid",
}
"""The usual names of each field in the order of preference, as `plain_name` writes them."""

WEAK_TEXT = words("story news message contents description summary abstract excerpt lead teaser document passage html")
"""Names of columns that hold the text only if it is prose: a table of figures has such columns too."""
FIELDS = tuple(_USUAL)
_ORDER: Mapping[str, Mapping[str, int]] = {
    field: {name.strip(): number for number, name in enumerate(names.split(","))} for field, names in _USUAL.items()
}
NO_COLUMN = "-"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Columns = Mapping[str, tuple[str, ...]]
"""For each field the columns that may hold it, the preferred first."""


def plain_name(name: str) -> str:
    """A column's name in small letters with single spaces: `publishedAt`, `Published_at ` are `published at`.

    An underscore at the beginning stays.
    """
    text = _CAMEL.sub(" ", name.strip())
    plain = " ".join(re.sub(r"[\W_]+", " ", text).split()).casefold()
    return f"_{plain}" if text.startswith("_") else plain


def find_columns(names: Sequence[str], given: Mapping[str, str]) -> Columns:
    """The columns of each field: those that are given, then those of a usual name.

    A given name counts if there is such a column, in any case. The name `-` means that no column holds the field.
    """
    found: dict[str, tuple[str, ...]] = {}
    taken = {name for wanted in given.values() for name in [_given(wanted, names)] if name}
    for field, order in _ORDER.items():
        if given.get(field) == NO_COLUMN and NO_COLUMN not in names:
            continue
        if (column := _given(given.get(field, ""), names)) is not None:
            found[field] = (column,)
            continue
        usual = [name for name in names if plain_name(name) in order and name not in taken]
        if usual:
            found[field] = tuple(sorted(usual, key=lambda name: order[plain_name(name)]))
    return found


def refuse_unknown_fields(given: Iterable[str]) -> None:
    """
    Raises:
        InvalidInput: a field of `--map` does not exist.
    """
    for field in given:
        if field not in FIELDS:
            what = f"an article has no field {field!r}{did_you_mean(field, FIELDS)}"
            raise InvalidInput(f"map: {what} Known are {', '.join(FIELDS)}.", param="map")


def _given(wanted: str, names: Sequence[str]) -> str | None:
    if wanted in names:
        return wanted
    plain = plain_name(wanted)
    return next((name for name in names if plain and plain_name(name) == plain), None)
