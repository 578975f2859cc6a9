"""What a page says of its article in the terms of schema.org: as JSON-LD, or as microdata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from qa_service.parsing.markup.markup_blocks import local_name
from qa_service.text.lexicon import words

__all__ = ["Node", "is_article", "linked_nodes", "microdata", "names_of"]

Node = Mapping[str, Any]

_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^Review$|^Recipe$|^HowTo$|^AnalysisNewsArticle|^MedicalScholarly")
_PAGE = re.compile(r"WebPage$|^ItemPage$|^AboutPage$|^FAQPage$|^QAPage$")
_SCRIPT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$"
)
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")
_NESTED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")
_FIELDS = words(
    "headline name author datePublished dateModified dateCreated publisher inLanguage keywords url articleBody"
    " alternativeHeadline isPartOf mainEntityOfPage"
)
_OF_ARTICLE = words("name url mainEntityOfPage")
"""Properties that other things on a page have as well: its authors, its pictures."""
_ADDRESSES = words("url mainEntityOfPage")
MOST_NODES = 2000
MOST_CHARACTERS = 2_000_000


def linked_nodes(tree: etree._Element) -> list[Node]:
    """All nodes of the page's JSON-LD, in order. A reference by `@id` to another node is replaced by that node."""
    nodes: list[Node] = []
    for script in tree.iter("script", "{*}script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) < MOST_CHARACTERS:
            nodes.extend(_flat(_parsed(script.text)))
    nodes = nodes[:MOST_NODES]
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    return [{key: _resolved(value, by_id) for key, value in node.items()} for node in nodes]


def is_article(node: Node, *, page: bool = False) -> bool:
    """Whether the node describes an article, or with `page` a web page."""
    kinds = node.get("@type")
    pattern = _PAGE if page else _ARTICLE
    return any(pattern.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def names_of(value: object) -> list[str]:
    """The names in a text, a node, or a list of these. Addresses are no names."""
    if isinstance(value, list):
        return [name for one in value[:50] for name in names_of(one)]
    if isinstance(value, Mapping):
        return names_of(value.get("name"))
    if not isinstance(value, str):
        return []
    name = " ".join(value.split())
    return [name] if name and "://" not in name else []


def microdata(tree: etree._Element) -> Node:
    """The first value of each property, from outside of comments. A person or organisation gives its name."""
    found: dict[str, Any] = {}
    for element in tree.iter():
        properties = element.get("itemprop") if isinstance(element.tag, str) else None
        if not properties:
            continue
        for name in properties.split():
            if name in _FIELDS and name not in found and not _in_comment(element) and (value := _value(element, name)):
                if name in _OF_ARTICLE and not _belongs_to_article(element):
                    continue
                found[name] = value
    return found


def _value(element: etree._Element, name: str) -> str:
    if name in _ADDRESSES:
        return next((value for key in ("itemid", "content", "href", "src") if (value := element.get(key))), "").strip()
    if element.get("itemscope") is not None:
        inner = next((one for one in element.iter() if one is not element and one.get("itemprop") == "name"), None)
        if inner is not None:
            return _value(inner, "name")
    value = element.get("content") or element.get("datetime") or " ".join(map(str, element.itertext()))
    return " ".join(value.split())


def _in_comment(element: etree._Element) -> bool:
    return any(
        "Comment" in (one.get("itemtype") or "") or local_name(one) in ("aside", "footer")
        for one in element.iterancestors()
    )


def _belongs_to_article(element: etree._Element) -> bool:
    scope = next((one for one in element.iterancestors() if one.get("itemscope") is not None), None)
    kind = (scope.get("itemtype") or "").rpartition("/")[2] if scope is not None else ""
    return bool(_ARTICLE.search(kind))


def _parsed(text: str) -> object:
    for attempt in (text, _LAST_COMMA.sub("", _SCRIPT.sub("", _SCRIPT.sub("", text)))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flat(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > 8:
        return
    if isinstance(value, list):
        for one in value:
            yield from _flat(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _NESTED:
            if isinstance(value.get(key), dict | list):
                yield from _flat(value[key], depth + 1)


def _resolved(value: object, by_id: Mapping[str, Node]) -> object:
    if isinstance(value, dict) and "@id" in value and "name" not in value:
        return by_id.get(str(value["@id"]), value)
    if isinstance(value, list):
        return [_resolved(one, by_id) if isinstance(one, dict) else one for one in value]
    return value
