"""Boxes inside an article that are not part of it: forms, calls to subscribe, and headings whose text is not kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from qa_service.parsing.cleaning.invitations import is_invitation, is_order
from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.markup.markup_blocks import local_name
from qa_service.parsing.web.page_blocks import PageBlocks

__all__ = ["boxes"]

LONGEST_BOX = 80
"""Words of the largest box."""
LONGEST_PARAGRAPH = 18
"""Words of the longest paragraph in a box that is no call."""
MOST_LEVELS = 4
"""How far a box reaches around a control."""
MOST_CONTROLS = 300
"""Fields and buttons that are looked at. A page with more is a program."""
FEWEST_WORDS = 4
"""Words of the shortest text that a heading can belong to."""
_WHOLE = frozenset({"body", "html", "main", "article"})
_LEVELS = {f"h{n}": n for n in range(1, 7)}


def boxes(page: PageBlocks) -> frozenset[int]:
    """The kept blocks of boxes that call the reader to do something, and of headings without a text."""
    dropped = set(_calls(page))
    places = {block.element: i for i, block in enumerate(page.blocks)}
    for control in islice(page.tree.iter("input", "button"), MOST_CONTROLS):
        if _is_call(control) and (box := _box_around(page, control)) is not None:
            dropped.update(i for one in box.iter() if (i := places.get(one)) is not None)
    dropped &= page.kept
    return frozenset(dropped | _headings(page, page.kept - dropped))


def _calls(page: PageBlocks) -> Iterator[int]:
    for i, block in page.notes():
        if (not block.is_item or block.linked > 0) and block.table is None and is_invitation(block.text):
            yield i


def _is_call(control: etree._Element) -> bool:
    """Whether a field asks for an address, or a button says what it leads to."""
    name = local_name(control)
    if name == "input":
        kind = (control.get("type") or "").lower()
        said = f"{control.get('name') or ''} {control.get('placeholder') or ''} {control.get('value') or ''}"
        return (
            kind == "email"
            or (kind in ("", "text") and "mail" in said.lower())
            or (kind in ("submit", "button") and is_order(control.get("value") or ""))
        )
    return name == "button" and is_order(" ".join(map(str, control.itertext())))


def _box_around(page: PageBlocks, control: etree._Element) -> etree._Element | None:
    """The largest element around a control that holds short texts alone."""
    box = None
    for _, one in zip(range(MOST_LEVELS), control.iterancestors(), strict=False):
        words = word_count(" ".join(map(str, one.itertext()))) if len(one) < 200 else LONGEST_BOX
        if local_name(one) in _WHOLE or words >= LONGEST_BOX or _holds_prose(page, one):
            break
        box = one
    return box


def _holds_prose(page: PageBlocks, element: etree._Element) -> bool:
    inside = set(element.iter())
    texts = [page.blocks[i].text for i in page.kept if page.blocks[i].element in inside]
    return any(word_count(text) > LONGEST_PARAGRAPH and not is_invitation(text) for text in texts)


def _headings(page: PageBlocks, kept: frozenset[int]) -> frozenset[int]:
    """Headings inside the article of which no text is kept."""
    first = next((i for i in sorted(kept) if not page.blocks[i].is_heading), len(page.blocks))
    order = sorted(kept)
    found: set[int] = set()
    for i, below in zip(order, [*order[1:], None], strict=False):
        if i > first and page.blocks[i].is_heading and _is_left_alone(page, kept, i, below):
            found.add(i)
    return frozenset(found)


def _is_left_alone(page: PageBlocks, kept: frozenset[int], i: int, below: int | None) -> bool:
    level = _level(page.blocks[i].element)
    between = page.blocks[i + 1 : below] if below is not None else page.blocks[i + 1 :]
    if not any(word_count(one.text) >= FEWEST_WORDS for one in between):
        return False
    if below is None or (page.blocks[below].is_heading and _level(page.blocks[below].element) <= level):
        return True
    # The text below stands outside of the heading's box.
    around_below = set(page.blocks[below].element.iterancestors())
    box = page.blocks[i].element.getparent()
    for _ in range(MOST_LEVELS):
        if box is None or box in around_below or local_name(box) in _WHOLE:
            return False
        inside = set(box.iter())
        if any(one.element in inside and word_count(one.text) >= FEWEST_WORDS for one in between):
            return True
        box = box.getparent()
    return False


def _level(element: etree._Element) -> int:
    around = (element, *element.iterancestors())
    return next((_LEVELS[name] for one in around[:3] if (name := local_name(one)) in _LEVELS), 6)
