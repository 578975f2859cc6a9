"""Rules about the blocks of a page whose article is roughly known. Each returns indexes of blocks to add or to drop.

The rules read the structure (links, pictures, names of classes) and not the words: pages are in all languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from qa_service.parsing.cleaning.lines import ends_with_stop
from qa_service.parsing.markup.markup_blocks import Block, local_name
from qa_service.parsing.web.boxes import boxes
from qa_service.parsing.web.matching import letters
from qa_service.parsing.web.page_blocks import LONGEST_WORD, PageBlocks, is_short

__all__ = ["PageBlocks", "trimmed"]

_CAPTION = re.compile(
    r"caption|ima?ge?-?(?:desc|text|credit|info|source)|imagedescription|bild(?:unter|text|quelle|nachweis|info)|legende\b"
    r"|photo-?(?:credit|desc)|fotocredit|copyright|\bdida\b|didascalia|pie-?de-?foto",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"newsletter|paywall|subscri|sign-?up|promo(?!min)|\bads?\b|advert|sponsor|donat|membership|\bcta\b|call-to-action"
    r"|cookie|consent|share-?(?:bar|buttons|links)|social-?(?:share|bar|links)",
    re.IGNORECASE,
)
_PROMOTED = re.compile(
    r"newsletter|subscri|suscri|sign-?up|/abo(?:nnement|nnieren)?(?:\b|$)|/membership|/donat|/paywall", re.IGNORECASE
)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright (?:©|\(c\)|(?:19|20)\d\d)).{0,150}|.{0,100}\b(?:all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|derechos reservados|diritti riservati|direitos reservados|alle rechten voorbehouden"
    r"|wszelkie prawa zastrzeżone|все права защищены)\b.{0,60}",
    re.IGNORECASE,
)
"""The last line of many pages."""
_TOPIC = re.compile(r"\b(?:tags?|topics?|keywords?|themen|schlagw|categor)", re.IGNORECASE)
_QUOTED = frozenset({"blockquote", "table", "pre", "ul", "ol"})
"""What a figure may hold that is no caption."""
_DESCRIPTION = ("description", "og:description", "twitter:description", "dc.description")
SHORT_NOTE = 15
"""Words of the longest text beside a picture in the same block that is its caption."""
FEWEST_WORDS = 4
"""Words of the shortest list item that an article begins with."""
FEWEST_LEAD = 40
"""Letters of the shortest lead."""
MOST_LEVELS = 2
"""How far up the names of classes speak of a block. Further up they speak of the whole page."""


def trimmed(page: PageBlocks) -> frozenset[int]:
    """The blocks of the article after all rules."""
    added = _lead(page) | _subheadings(page)
    kept = page.kept | added
    for rule in _RULES:
        kept = kept - (rule(PageBlocks(page.tree, page.blocks, kept)) - added)
    return kept


def _lead(page: PageBlocks) -> frozenset[int]:
    """Adds the lead, which extractors take for a teaser: a block above the text that is the page's own description."""
    said = {letters(value) for value in _descriptions(page.tree)}
    said = {value for value in said if len(value) >= FEWEST_LEAD}
    if not said or not page.kept:
        return frozenset()
    article = letters(" ".join(page.blocks[i].text for i in page.kept))
    for i, block in enumerate(page.blocks[: page.last]):
        if i in page.kept:
            continue
        key = letters(block.text)
        is_said = any(key == one or (one.startswith(key[:60]) and len(key) < 3 * len(one)) for one in said)
        if is_said and len(key) >= FEWEST_LEAD and key not in article:
            return frozenset({i})
    return frozenset()


def _subheadings(page: PageBlocks) -> frozenset[int]:
    """Adds a heading that stands in the middle of the text: kept blocks are directly above and below it."""
    found: set[int] = set()
    for i in range(1, page.last):
        above, block, below = page.blocks[i - 1 : i + 2]
        if block.is_heading and i not in page.kept and {i - 1, i + 1} <= page.kept and block.linked < 0.5:
            is_between = not below.is_heading and _parent(block) is _parent(above) is _parent(below)
            found.update([i] if is_between else [])
    return frozenset(found)


def _parent(block: Block) -> etree._Element | None:
    return block.element.getparent()


def _descriptions(tree: etree._Element) -> Iterator[str]:
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        if name.lower() in _DESCRIPTION:
            yield element.get("content") or ""


def _captions(page: PageBlocks) -> frozenset[int]:
    """Drops what describes a picture: by its place, its class, its words, or a short text beside a picture."""
    return frozenset(i for i, block in page.notes() if _is_caption(page, block))


def _is_caption(page: PageBlocks, block: Block) -> bool:
    element = block.element
    around = [local_name(one) for one in (element, *element.iterancestors())]
    if "figcaption" in around:
        return True
    if "figure" in around and not _QUOTED & set(around[: around.index("figure")]):
        return True
    if any(_CAPTION.search(name) for name in _class_names(element)) or letters(block.text) in page.pictures:
        return True
    if not is_short(block, SHORT_NOTE) or ends_with_stop(block.text):
        return False
    whole = sum(map(len, map(str, element.itertext())))
    is_alone = whole < 2 * len(block.text) + LONGEST_WORD
    return is_alone and local_name(element) in ("p", "div") and element.find(".//img") is not None


def _promotions(page: PageBlocks) -> frozenset[int]:
    """Drops calls to subscribe, by their class or by the address that they link to."""
    return frozenset(
        i
        for i, block in page.notes()
        if any(_PROMOTION.search(name) for name in _class_names(block.element))
        or (block.linked > 0.1 and any(_PROMOTED.search(one.get("href") or "") for one in block.element.iter("a")))
    )


def _links(page: PageBlocks) -> frozenset[int]:
    """Drops paragraphs that are a link and no sentence ("Read also: …"), and tables of contents."""
    return frozenset(
        i
        for i, block in page.notes()
        if block.linked >= 0.9
        and not ends_with_stop(block.text)
        and (not block.is_item or all((one.get("href") or "").startswith("#") for one in block.element.iter("a")))
    )


def _tail(page: PageBlocks) -> frozenset[int]:
    """Drops links, headings, announcements and copyrights after the last paragraph."""
    dropped: set[int] = set()
    for i in sorted(page.kept, reverse=True):
        block = page.blocks[i]
        is_open = block.is_heading or block.linked >= (0.5 if block.is_item else 0.8) or block.text.endswith(":")
        is_open = is_open or (len(block.text) <= 200 and _RIGHTS.fullmatch(block.text) is not None)
        if block.table is not None or not is_open:
            break
        dropped.add(i)
    return frozenset(dropped)


def _topics(page: PageBlocks) -> frozenset[int]:
    """Drops a last list of single words that is named as topics, or whose heading is not part of the article."""
    run: list[int] = []
    for i in sorted(page.kept, reverse=True):
        block = page.blocks[i]
        if not block.is_item or not is_short(block, FEWEST_WORDS) or ends_with_stop(block.text):
            break
        run.append(i)
    if not run or len(run) == len(page.kept):
        return frozenset()
    first = page.blocks[run[-1]]
    above = page.blocks[run[-1] - 1]
    is_label = above.is_heading or above.text.endswith(":")
    names = [*_class_names(first.element), above.text if is_label and is_short(above, FEWEST_WORDS) else ""]
    is_apart = is_label and run[-1] - 1 not in page.kept
    return frozenset(run) if is_apart or any(map(_TOPIC.search, names)) else frozenset()


def _head(page: PageBlocks) -> frozenset[int]:
    """Drops links above the first paragraph or heading, such as the path to the page."""
    dropped: set[int] = set()
    for i in sorted(page.kept):
        block = page.blocks[i]
        is_crumb = block.linked >= 0.5 or (block.is_item and is_short(block, FEWEST_WORDS))
        if block.is_heading or block.table is not None or not is_crumb:
            break
        dropped.add(i)
    return frozenset(dropped) if len(dropped) < len(page.kept) else frozenset()


_RULES: tuple[Callable[[PageBlocks], frozenset[int]], ...] = (
    _captions,
    _promotions,
    _links,
    boxes,
    _topics,
    _head,
    _tail,
)


def _class_names(element: etree._Element) -> Iterator[str]:
    around: etree._Element | None = element
    for _ in range(MOST_LEVELS):
        if around is None or local_name(around) in ("body", "html", "article", "main"):
            return
        yield f"{around.get('class') or ''} {around.get('id') or ''}"
        around = around.getparent()
