"""What Obsidian, Hugo, Jekyll and others add to Markdown, as rules of markdown-it: marks go, the text in them stays.

The rules work on parsed text. So code that shows such a mark keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin

__all__ = ["dialects_plugin", "plain_links", "take_tags"]

_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,500}?)(?:\\?\|([^\[\]\n]{0,500}))?\]\](?![(\[])")
_CONTENTS = re.compile(r"\[\[?_?toc_?\]\]?", re.IGNORECASE)
"""A mark for a table of contents."""
_TEMPLATE = re.compile(
    r"\{\{[<%].{0,2000}?[>%]\}\}|\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}|\{\#.{0,2000}?\#\}"  # Hugo, Liquid, Jinja
    r"|\{::?[^{}]{0,500}\}|\{:?/[^{}\n]{0,50}\}|\{\s?[#.][A-Za-z][^{}\n]{0,500}\}",  # kramdown
    re.DOTALL,
)
_COMMENT = re.compile(r"%%.{0,2000}?%%", re.DOTALL)
_HIGHLIGHT = re.compile(r"==(?=[^\s=])(.{1,1000}?)(?<=[^\s=])==(?!=)", re.DOTALL)
_CALLOUT = re.compile(r"\[!\w[\w -]{0,30}(?:\|[^\]\n]{0,50})?\][+-]?[ \t]*")
_BLOCK_NAME = re.compile(r"(?<=\s)\^[A-Za-z0-9-]{2,}\s*\Z")
_HIDDEN_BLOCKS = (
    (re.compile(r"%%"), re.compile(r"%%")),
    (re.compile(r"\{%-?\s*comment\s*-?%\}"), re.compile(r"\{%-?\s*endcomment\s*-?%\}")),
    (re.compile(r"\{::comment\}"), re.compile(r"\{:/(?:comment)?\}")),
)
"""How comments of several paragraphs begin and end."""
_TAG_LINE = re.compile(r"(?:tags?\s*::?)?((?:[\s,]*#[^\s#,]{0,60}[^\W\d_][^\s#,]{0,60})+)[\s,]*", re.IGNORECASE)
_QUERIES = frozenset({"dataview", "dataviewjs", "query", "tasks", "button", "base"})
"""Languages of code that stands for a list that the program makes of other notes."""
_CALLED_OUT = "callout"


def dialects_plugin(md: MarkdownIt) -> None:
    """Adds the rules to a parser."""
    md.use(admon_plugin).use(container_plugin, "box", validate=lambda params, *_: bool(params.strip()))
    for name, rule in (("wiki_link", _wiki_link), ("out", _out), ("highlight", _highlight), ("callout", _callout)):
        md.inline.ruler.before("link", name, rule)
    md.block.ruler.before("fence", "hidden_block", _hidden_block, {"alt": ["paragraph", "blockquote", "list"]})
    md.core.ruler.push("callout_titles", _callout_titles)
    md.core.ruler.push("queries", _queries)


def plain_links(text: str) -> str:
    """A text with the shown words of each wiki link in its place, such as "Roe" for `[[people/Roe|Roe]]`."""
    return _WIKI_LINK.sub(_shown, text)


def take_tags(tokens: list[Token]) -> tuple[str, ...]:
    """Removes the paragraphs above and below the text that hold tags alone, as in `#town #ferry`. Returns the tags."""
    texts = [i for i, token in enumerate(tokens) if token.type == "inline"]
    paragraphs = [i for i in texts if tokens[i - 1].type == "paragraph_open" and tokens[i].level == 1]
    tags: list[str] = []
    taken: set[int] = set()
    for order in (texts, texts[::-1]):
        for i in order:
            found = _TAG_LINE.fullmatch(tokens[i].content) if i in paragraphs else None
            if found is None and tokens[i - 1].type == "heading_open" and order is texts:
                continue
            if found is None:
                break
            if i not in taken:
                tags.extend(tag.lstrip("#") for tag in found[1].replace(",", " ").split())
                taken.update((i - 1, i, i + 1))
    tokens[:] = [token for i, token in enumerate(tokens) if i not in taken]
    return tuple(tags)


def _shown(found: re.Match[str]) -> str:
    if found[1]:
        return ""
    return (found[3] or "").strip() or found[2].partition("#")[0].strip() or found[2].strip("# ^")


def _wiki_link(state: StateInline, silent: bool) -> bool:
    if _CONTENTS.fullmatch(state.src.strip()):
        return _passed(state, silent, len(state.src), "")
    found = _WIKI_LINK.match(state.src, state.pos, state.posMax)
    return found is not None and _passed(state, silent, found.end(), _shown(found))


def _out(state: StateInline, silent: bool) -> bool:
    """Leaves out what a program puts something else in place of, and what it does not show."""
    for pattern in (_TEMPLATE, _COMMENT, _BLOCK_NAME):
        if found := pattern.match(state.src, state.pos, state.posMax):
            return _passed(state, silent, found.end(), "")
    return False


def _highlight(state: StateInline, silent: bool) -> bool:
    found = _HIGHLIGHT.match(state.src, state.pos, state.posMax)
    if found is None or (state.pos and state.src[state.pos - 1] == "="):
        return False
    end, state.posMax = state.posMax, found.end(1)
    state.pos = found.start(1)
    if not silent:
        state.md.inline.tokenize(state)
    state.pos, state.posMax = found.end(), end
    return True


def _callout(state: StateInline, silent: bool) -> bool:
    found = _CALLOUT.match(state.src) if state.pos == 0 else None
    if found is None or state.src[found.end() : found.end() + 1] in ("(", "["):
        return False
    if not silent:
        state.push("html_inline", "", 0).meta = {_CALLED_OUT: True}  # empty; texts would be joined
    state.pos = found.end()
    return True


def _passed(state: StateInline, silent: bool, end: int, text: str) -> bool:
    if not silent and text:
        state.push("text", "", 0).content = text
    state.pos = end
    return True


def _hidden_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leaves out a comment from its first line to its last one."""
    if state.is_code_block(start):
        return False
    line = state.getLines(start, start + 1, state.blkIndent, False).strip()
    for opening, closing in _HIDDEN_BLOCKS:
        if (found := opening.match(line)) is None:
            continue
        if closing.search(line, found.end()):
            return False  # an inline rule leaves it out
        last = next(
            (i for i in range(start + 1, end) if closing.search(state.getLines(i, i + 1, state.blkIndent, False))), None
        )
        if last is None:
            return False
        if not silent:
            state.line = last + 1
        return True
    return False


def _callout_titles(state: StateCore) -> None:
    """Sets the title of a callout apart from its text."""
    for token in state.tokens:
        children = token.children or []
        if not children or _CALLED_OUT not in children[0].meta:
            continue
        at = next((i for i, child in enumerate(children) if child.type == "softbreak"), None)
        if at is not None:
            children[at : at + 1] = [Token("hardbreak", "br", 0), Token("hardbreak", "br", 0)]


def _queries(state: StateCore) -> None:
    """Leaves out code that a program replaces by a list."""
    state.tokens = [token for token in state.tokens if not _is_query(token)]
    for token in state.tokens:
        token.children = [one for one in token.children or [] if not _is_inline_query(one)] if token.children else []


def _is_query(token: Token) -> bool:
    language: Sequence[str] = token.info.split()[:1]
    return token.type == "fence" and bool(language) and language[0].strip("{}").lower() in _QUERIES


def _is_inline_query(token: Token) -> bool:
    return token.type == "code_inline" and token.content.startswith(("= ", "$= "))
