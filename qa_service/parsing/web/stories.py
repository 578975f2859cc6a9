"""Finds the stories on a page that shows several whole articles, one after the other."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from lxml import etree

from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.markup.markup_blocks import local_name, read_blocks

__all__ = ["heading_of", "is_beside", "link_of", "stories"]

FEWEST_WORDS = 100
"""Words outside of links of a whole story. A teaser has fewer."""
FEWEST_PARAGRAPHS = 2
MOST_UNEQUAL = 8
"""A page whose longest story is so many times longer than the next is that story, with something beside it."""

_ADDRESSES = ("data-url", "data-href", "data-permalink", "data-canonical", "data-canonical-url", "itemid")

_REPLY = re.compile(r"comment|kommentar|\breply|respon[ds]|related|recommend|teaser", re.IGNORECASE)


def stories(tree: etree._Element) -> list[etree._Element]:
    """The `article` elements that each hold a whole story with a headline; empty unless there are several."""
    candidates = [element for element in tree.iter("article") if _may_be_story(element)]
    if len(candidates) < 2:
        return []
    found: list[tuple[int, etree._Element]] = []
    for element in candidates:
        prose = [word_count(block.text) for block in read_blocks(element, whole_page=True) if block.linked < 0.5]
        if sum(prose) >= FEWEST_WORDS and sum(words >= 12 for words in prose) >= FEWEST_PARAGRAPHS:
            found.append((sum(prose), element))
    sizes = sorted((size for size, _ in found), reverse=True)
    if len(sizes) < 2 or sizes[0] > MOST_UNEQUAL * sizes[1]:
        return []
    return [element for _, element in found]


def _may_be_story(element: etree._Element) -> bool:
    around = [element, *element.iterancestors()]
    if any(local_name(one) in ("article", "aside") for one in around[1:]) or any(map(_is_reply, around[:4])):
        return False
    return bool(heading_of(element))


def heading_of(story: etree._Element) -> str:
    """The first heading of a story; empty if it has none."""
    heading = next(story.iter("h1", "h2", "h3"), None)
    return " ".join(" ".join(map(str, heading.itertext())).split()) if heading is not None else ""


def link_of(story: etree._Element, page: str | None) -> str | None:
    """The address that the heading of a story links to, else one that its element names, resolved by the page's."""
    heading = next(story.iter("h1", "h2", "h3"), None)
    link = next(heading.iter("a"), None) if heading is not None else None
    if link is None and heading is not None:
        link = next(heading.iterancestors("a"), None)
    address = (link.get("href") or "").strip() if link is not None else ""
    address = address or next((value for name in _ADDRESSES if (value := (story.get(name) or "").strip())), "")
    return urljoin(page or "", address) if address and not address.startswith(("#", "javascript:")) else None


def is_beside(element: etree._Element, story: etree._Element) -> bool:
    """Whether an element of a story is in its comments, or in a list of other stories."""
    inside = []
    for one in (element, *element.iterancestors()):
        if one is story:
            break
        inside.append(one)
    return any(_is_reply(one) or local_name(one) in ("aside", "nav", "footer") for one in inside)


def _is_reply(element: etree._Element) -> bool:
    if local_name(element) in ("body", "html", "main"):
        return False
    return bool(_REPLY.search(f"{element.get('class') or ''} {element.get('id') or ''}"))
