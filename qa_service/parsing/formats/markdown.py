"""Reads Markdown: CommonMark with tables, footnotes, task lists and front matter, as text without marks.

Marks that Obsidian, Hugo and Jekyll add are read by `markup.markdown_dialects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from qa_service.parsing.cleaning.decoding import decode
from qa_service.parsing.cleaning.lines import tidy_lines
from qa_service.parsing.cleaning.removing import clean_lines
from qa_service.parsing.cleaning.text_tables import with_pipe_tables
from qa_service.parsing.facts.front_matter import meta_of_fields, split_front_matter
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.markdown_dialects import dialects_plugin, take_tags
from qa_service.parsing.markup.markup import fragment_text
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["markdown_text", "read"]

_TASK_MARKS = ("[ ] ", "[x] ", "[X] ")


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """One draft. The first heading of level 1 is the title if the front matter has none, and stays in the text."""
    front, below = split_front_matter(decode(file.read(), source.name))
    meta = ArticleMeta()
    if front is not None:
        for warning in front.warnings:
            source.warn(warning)
        meta = meta_of_fields(front.fields, source.warn)
    text, title, tags = markdown_text(below)
    text = "\n".join(clean_lines(tidy_lines(text)))  # much Markdown is a saved page
    meta = replace(meta, title=meta.title or title, tags=tuple(sorted({*meta.tags, *tags})))
    yield ArticleDraft(text, meta=meta, cleaning=Cleaning.DOCUMENT)


def markdown_text(source: str) -> tuple[str, str | None, tuple[str, ...]]:
    """The text of a Markdown source without its marks, its first heading of level 1, and the tags on its lines."""
    tokens = [token for token in _parser().parse(with_pipe_tables(source)) if token.type != "footnote_anchor"]
    _remove_marks(tokens)
    tags = take_tags(tokens)
    heading = next((i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1"), None)
    title = None
    if heading is not None:
        title = " ".join(fragment_text(_html(tokens[heading : heading + 3])).split()) or None
    return fragment_text(f"<div>{_html(tokens)}</div>"), title, tags


def _html(tokens: Sequence[Token]) -> str:
    return str(_parser().renderer.render(tokens, _parser().options, {}))


def _remove_marks(tokens: Sequence[Token]) -> None:
    """Removes the marks that would be shown as text: the boxes of task lists, and the signs of footnotes."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline" or not token.children:
            continue
        token.children = [child for child in token.children if child.type != "footnote_ref"]
        begins = before is not None and before.type == "paragraph_open" and bool(token.children)
        if begins and token.children[0].content.startswith(_TASK_MARKS):
            token.children[0].content = token.children[0].content[4:]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(dialects_plugin)
    return parser
