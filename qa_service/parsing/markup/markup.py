"""HTML as plain text: what a reader sees of a fragment, block by block.

Other formats carry HTML as well (feed entries, mail, EPUB chapters, Word by way of mammoth), so they share this file.
"""

from __future__ import annotations

import re

from lxml import etree, html

from qa_service.parsing.markup.charset import decode_markup
from qa_service.parsing.markup.markup_blocks import join_blocks, read_blocks
from qa_service.text.lexicon import words

__all__ = ["fragment_text", "parse_markup"]

_IS_XML = re.compile(r"\s*<\?xml\b|[^>]*<html[^>]{0,300}\bxmlns\s*=", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_CLOSED = re.compile(r"<([A-Za-z][\w:-]*)((?:\s[^<>]*?)?[\s\"']?)/>")
_VOID = words("area base br col embed hr img input link meta param source track wbr")


def fragment_text(source: str | bytes | etree._Element) -> str:
    """The text of an HTML fragment, document or element.

    A blank line separates blocks. A heading stands on a line of its own, a list item on a line that begins with "- " or
    with its number. Tables become lines by `tables.table_text`. Links and pictures leave their text, other markup
    nothing.
    """
    root = source if isinstance(source, etree._Element) else parse_markup(source)
    return "" if root is None else join_blocks(read_blocks(root))


def parse_markup(source: str | bytes) -> etree._Element | None:
    """The root element of an HTML or XHTML text; None if it holds neither elements nor text.

    Bytes are read in the encoding that they declare, see `parsing.charset`. Damaged markup is read as browsers do.
    """
    if not source.strip():
        return None
    text = decode_markup(source) if isinstance(source, bytes) else source
    text = text.lstrip("\ufeff")
    if _IS_XML.match(text[:2000]):
        text = _CLOSED.sub(_reopened, _DECLARATION.sub("", text, count=1))
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    try:
        return etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None  # nothing but white space or comments


def _reopened(match: re.Match[str]) -> str:
    """An empty element of XHTML as HTML has it: an HTML parser takes `<script/>` and `<a/>` as never closed."""
    name = match[1]
    return match[0] if name.lower() in _VOID else f"<{name}{match[2]}></{name}>"
