"""Makes HTML elements, for readers that write a document as HTML and leave the text to `markup.fragment_text`."""

from __future__ import annotations

from lxml import etree

__all__ = ["append_text", "make_element"]


def make_element(tag: str, *content: str | etree._Element, **attributes: str) -> etree._Element:
    """An element with texts and elements in it. The attribute `class_` is `class`."""
    made = etree.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    for one in content:
        if isinstance(one, str):
            append_text(made, one)
        else:
            made.append(one)
    return made


def append_text(element: etree._Element, text: str | None) -> None:
    """Adds text at the end of an element."""
    if text and len(element):
        element[-1].tail = (element[-1].tail or "") + text
    elif text:
        element.text = (element.text or "") + text
