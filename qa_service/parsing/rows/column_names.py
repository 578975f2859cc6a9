"""The names that columns of tables and keys of JSON objects usually have, in eleven languages.

A name is one of the usual names of a field, or all of its words belong to the field: `dateTimePub`, `Date de
publication` and `first published` hold the day of publication.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from qa_service.text.lexicon import words

__all__ = ["FIELDS", "WEAK_TEXT", "nearest_field", "place_of", "plain_name"]

_USUAL: Mapping[str, str] = {
    "text": "text, body, full text, fulltext, content, article body, article text, article content, body text, "
    "maintext, main text, clean text, cleaned text, content text, content html, body html, text body, text content, "
    "article, story, story text, news, news text, plain text, raw text, volltext, artikeltext, texte, texto, testo, "
    "inhalt, contenu, contenido, contenuto, conteúdo, paragraphs, transcript, document, passage, post content, html, "
    "message, contents, description, summary, abstract, excerpt, lead, teaser",
    "title": "title, headline, head line, web title, article title, post title, heading, news title, subject",
    "outlet": "outlet, publisher, publication, source, source name, site, site name, newspaper, paper, news source, "
    "website, journal",
    "author": "author, authors, byline, by, writer, creator, dc creator, author name, authored by, reporter, "
    "journalist",
    "published": "published, published at, published date, published on, publication date, date published, "
    "publish date, pub date, pubdate, date, publish time, published time, publication time, datetime, timestamp, "
    "posted, posted at, created, created at, date created, time, web publication date, first publication date, issued, "
    "date publish",
    "updated": "updated, updated at, date updated, last updated, modified, modified at, date modified, last modified, "
    "modified date, update date",
    "language": "language, lang, in language, language code, locale",
    "url": "url, link, web url, permalink, article url, canonical url, source url, uri, href, guid url, web address",
    "tags": "tags, keywords, keyword, section, sections, category, categories, topic, topics, section name, labels, "
    "subjects",
    "id": "_id, id, article id, doc id, docid, document id, uuid, news id, story id, guid, uid, nr, number",
}
"""The usual names of each field in the order of preference, as `plain_name` writes them."""

_WORDS: Mapping[str, str] = {
    "text": "text body content fulltext texte corps contenu volltext inhalt haupttext artikeltext fliesstext texto "
    "cuerpo contenido corpo conteudo testo contenuto tekst inhoud tresc tekstu текст содержание тело",
    "title": "title headline titel uberschrift schlagzeile titre titulo titular manchete titolo kop koptekst tytul "
    "naglowek заголовок название",
    "outlet": "outlet publisher newspaper magazine medium quelle zeitung sender zeitschrift herausgeber source media "
    "journal editeur medio fuente diario periodico editorial fonte testata giornale veiculo jornal editora bron krant "
    "uitgever zrodlo gazeta wydawca источник издание сми газета",
    "author": "author authors byline reporter journalist writer autor autoren autorin verfasser verfasserin auteur "
    "auteurs journaliste autora autores periodista autore autori giornalista firma jornalista schrijver autorzy "
    "dziennikarz автор авторы журналист",
    "published": "date datetime time timestamp published publish pub pubdate posted issued released datum zeit "
    "veroffentlicht erschienen erscheinungsdatum erscheinungstag publiziert publie publiee parution fecha publicado "
    "publicada data pubblicato pubblicata gepubliceerd publicatiedatum verschenen opublikowano дата опубликовано "
    "publikationsdatum veroffentlichungsdatum",
    "updated": "updated update modified modification changed edited aktualisiert geandert anderungsdatum "
    "aktualisierung mise modifie actualizado actualizada actualizacion atualizacao modificado atualizado "
    "aggiornato aggiornamento modificato "
    "bijgewerkt gewijzigd zaktualizowano aktualizacji обновлено изменено",
    "language": "language lang sprache langue idioma lingua taal jezyk язык",
    "url": "url link permalink uri href adresse weblink lien enlace collegamento koppeling odnosnik ссылка адрес",
    "tags": "tags keywords section category categories topics schlagworte schlagworter stichworte ressort rubrik "
    "mots cles motscles categorie palabras clave chave etiquetas seccion categoria sezione etichette secao "
    "trefwoorden rubriek kategoria tagi рубрика теги",
    "id": "id nr number artikelnummer kennung identifikator identifiant numero identificador identificatore codice "
    "nummer numer номер",
}
"""Words that name a field alone."""

_BESIDE: Mapping[str, str] = {
    "*": "article articles news story post item entry doc document web artikel beitrag nachricht articulo noticia "
    "articolo notizia artigo artykul artykulu bericht статья статьи новости новость original",
    "text": "full main complete clean cleaned plain raw html article integral",
    "title": "main principal web full short",
    "outlet": "name nom nombre nome naam naam nazwa название news",
    "author": "name names nom nombre nome full naam imie nazwisko by",
    "published": "first publication original originally release publicacion pubblicazione publicacao publicatie "
    "publikacji публикации wydania erscheinung veroffentlichung publikation at utc gmt iso create creation created "
    "premiere mise ligne hora ora heure emission parution",
    "updated": "date datetime time timestamp last latest letzte derniere ultima ultimo datum fecha data дата mise jour "
    "at utc zuletzt laatst ostatnia",
    "language": "code iso",
    "url": "canonical full source page seite",
    "tags": "name names news list",
    "id": "source unique interne intern internal",
}
"""Words that name a field beside one of `_WORDS`: of all fields, and of each."""

_JOINING = words("""
    of the de du des d la le les l el los las del da do di dell della der die das den zur zum am an van het w z do в о
    and a on in for
""")
"""Prepositions and articles, which say nothing in a name."""

WEAK_TEXT = words("story news message contents description summary abstract excerpt lead teaser document passage html")
"""Names of columns that hold the text only if it is prose: a table of figures has such columns too."""
FIELDS = tuple(_USUAL)
_ORDER = {
    field: {name.strip(): number for number, name in enumerate(names.split(","))} for field, names in _USUAL.items()
}
_CORE = {field: frozenset(text.split()) for field, text in _WORDS.items()}
_ALLOWED = {
    field: _CORE[field] | frozenset(_BESIDE["*"].split()) | frozenset(_BESIDE[field].split()) for field in FIELDS
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLURAL = re.compile(r"\((?:e?s|en|innen|es)\)")
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ё": "е"})
CLOSE = 0.84
"""Smallest likeness of a misspelt word, by difflib."""


def plain_name(name: str) -> str:
    """A column's name in small letters with single spaces: `publishedAt`, `Published_at ` are `published at`.

    An underscore at the beginning stays.
    """
    text = _CAMEL.sub(" ", name.strip())
    plain = " ".join(re.sub(r"[\W_]+", " ", _PLURAL.sub("", text)).split()).casefold()
    return f"_{plain}" if text.startswith("_") else plain


@lru_cache(maxsize=4096)
def place_of(name: str) -> tuple[str, int] | None:
    """The field of a column by its name, and its place in the order of preference."""
    plain = plain_name(name)
    for field, order in _ORDER.items():
        if plain in order:
            return field, order[plain]
    said = _said(plain)
    for field in FIELDS:
        if said & _CORE[field] and said <= _ALLOWED[field]:
            return field, len(_ORDER[field]) + len(said)
    return None


def nearest_field(name: str) -> str | None:
    """The field that a name without place may mean: one of its words names the field, or is misspelt."""
    said = _said(plain_name(name))
    for field in ("text", "title", "outlet", "author", "published", "url"):
        if said & _CORE[field] or any(
            get_close_matches(word, _CORE[field], 1, CLOSE) for word in said if len(word) > 4
        ):
            return field
    return None


def _said(plain: str) -> frozenset[str]:
    """The words of a name, without accents, prepositions and articles."""
    folded = unicodedata.normalize("NFD", plain.translate(_PLAIN_LETTERS).replace("й", "и\u0306"))
    folded = unicodedata.normalize("NFC", re.sub(r"[\u0300-\u0305\u0307-\u036f]", "", folded))
    return frozenset(word for word in folded.split() if word not in _JOINING)
