"""Reads the metadata at the beginning of a Markdown file: YAML between `---`, TOML between `+++`, or JSON.

Damaged front matter is repaired as far as its lines are `key: value`, and never becomes part of the text.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_text, as_url
from qa_service.parsing.markup.markdown_dialects import plain_links
from qa_service.records import ArticleMeta

__all__ = ["FrontMatter", "meta_of_fields", "split_front_matter"]

LARGEST = 64 << 10
"""Characters of front matter. More is text."""
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "author": ("author", "authors", "byline", "by", "creator", "writer", "writers", "reporter"),
    "published": ("published", "publishedat", "publishdate", "publisheddate", "datepublished", "publicationdate",
                  "publishedon", "pubdate", "date", "issued"),
    "updated": ("updated", "updatedat", "lastupdated", "lastmod", "modified", "datemodified", "modifiedat",
                "lastmodified", "lastmodifiedat", "dateupdated", "revised"),
    "outlet": ("outlet", "source", "publication", "publisher", "newspaper", "magazine", "journal", "site", "sitename"),
    "language": ("language", "lang", "locale"),
    "url": ("url", "canonicalurl", "canonical", "sourceurl", "originalurl", "link", "permalink",
            "source"),
    "tags": ("tags", "tag", "keywords", "categories", "category", "topics"),
}  # fmt: skip
"""The usual names of each field in small letters without signs. The first that is there counts; tags take all."""
_READ: Mapping[str, Callable[[Any], object]] = {
    "title": as_text, "author": as_author, "published": as_date, "updated": as_date, "outlet": as_text,
    "language": as_language, "url": as_url, "tags": as_tags,
}  # fmt: skip
_FENCES = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*"), "+++": re.compile(r"\+\+\+[ \t]*")}
_KEY_LINE = re.compile(r"[\"']?([A-Za-z_][\w .-]{0,60}?)[\"']?\s*[:=](?:\s+|$)(.*)")
_BELONGS = re.compile(r"\s|#|- |[\]}]|$")
_NULL = re.compile(r"(?:~|null|Null|NULL|)$")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a file's head, as text and lists, and what is wrong with them."""

    fields: Mapping[str, object]
    warnings: tuple[str, ...] = ()


def split_front_matter(text: str) -> tuple[FrontMatter | None, str]:
    """The front matter, None if there is none, and the text below it."""
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    lines = text[start:].splitlines()
    first = lines[0].rstrip() if lines else ""
    if first in _FENCES:
        return _fenced(lines, first) or (None, text)
    if first.startswith("{"):
        return _json(text[start:]) or (None, text)
    if first.startswith("% "):
        return _title_block(lines)
    return None, text


def meta_of_fields(fields: Mapping[str, object], warn: Callable[[str], None]) -> ArticleMeta:
    """The metadata under their usual names. A wrong value is reported and left out. Other names are ignored."""
    plain = {re.sub(r"[\W_]", "", name).casefold(): (name, _unlinked(value)) for name, value in fields.items()}
    found: dict[str, Any] = {}
    for field, names in _NAMES.items():
        for name, value in (plain[key] for key in names if key in plain):
            if value in (None, "", [], {}) or (field in found and field != "tags") or _is_beside(field, value):
                continue
            try:
                read = _READ[field](value)
            except ValueError as error:
                warn(f"the front matter's {name!r} {error}; it is left out.")
                continue
            found[field] = tuple(sorted({*found.get(field, ()), *read})) if isinstance(read, tuple) else read
    return ArticleMeta(**found)


def _unlinked(value: object) -> object:
    """A value without the brackets of wiki links. YAML reads `[[Roe]]` without quotes as a list in a list."""
    if isinstance(value, str):
        return plain_links(value)
    if isinstance(value, list):
        return [_unlinked(one[0] if isinstance(one, list) and len(one) == 1 else one) for one in value]
    return value


def _is_beside(field: str, value: object) -> bool:
    """Whether a value means something else: a path on the site as address, or an address as the outlet's name."""
    is_address = isinstance(value, str) and value.strip().lower().startswith(("http://", "https://"))
    return (field == "url" and not is_address) or (field == "outlet" and is_address)


def _fenced(lines: list[str], fence: str) -> tuple[FrontMatter, str] | None:
    end = next((i for i, line in enumerate(lines[1:], 1) if _FENCES[fence].fullmatch(line)), None)
    if end is None:
        return _unclosed(lines)
    block = "\n".join(lines[1:end])
    below = "\n".join(lines[end + 1 :])
    if len(block) > LARGEST:
        return None
    try:
        fields = tomllib.loads(block) if fence == "+++" else _yaml(block)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fields = _simple_fields(lines[1:end])
        if not fields:
            return None
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        return FrontMatter(
            fields, (f"its front matter has an error ({reason}); only simple lines of it are read.",)
        ), below
    if fields is None:
        return (FrontMatter({}), below) if not block.strip() else None
    return FrontMatter(fields, _repeated(lines[1:end])), below


def _unclosed(lines: list[str]) -> tuple[FrontMatter, str] | None:
    """Front matter without its last line: it ends where lines no longer look like it."""
    if len(lines) < 2 or not _KEY_LINE.fullmatch(lines[1]):
        return None
    end = 1
    while end < len(lines) and lines[end].strip() and (_KEY_LINE.fullmatch(lines[end]) or _BELONGS.match(lines[end])):
        end += 1
    warning = f"its front matter has no {lines[0].strip()} at its end; only simple lines of it are read."
    return FrontMatter(_simple_fields(lines[1:end]), (warning,)), "\n".join(lines[end:])


def _simple_fields(lines: list[str]) -> dict[str, object]:
    """The fields on lines of the form `key: value`, the first of each name."""
    fields: dict[str, object] = {}
    for line in lines:
        if (found := _KEY_LINE.fullmatch(line)) and found[2].strip():
            fields.setdefault(found[1], found[2].strip().strip("\"'"))
    return fields


def _repeated(lines: list[str]) -> tuple[str, ...]:
    names = [found[1] for line in lines if (found := _KEY_LINE.fullmatch(line))]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 1000 else []
    return tuple(f"its front matter has {name!r} twice; the last one counts." for name in twice)


def _json(text: str) -> tuple[FrontMatter, str] | None:
    try:
        fields, end = json.JSONDecoder().raw_decode(text[: 2 * LARGEST])
    except (ValueError, RecursionError):
        return None
    below = text[end:]
    is_apart = isinstance(fields, dict) and below[:1] in ("\n", "\r") and below.strip() != ""
    return (FrontMatter(fields), below) if is_apart else None


def _title_block(lines: list[str]) -> tuple[FrontMatter, str]:
    """Pandoc's title block: `% title`, `% authors`, `% date`."""
    end = next((i for i, line in enumerate(lines[:3]) if not line.startswith("%")), min(3, len(lines)))
    values = [line[1:].strip() for line in lines[:end]]
    fields = {name: value for name, value in zip(("title", "author", "date"), values, strict=False) if value}
    if "author" in fields:
        fields["author"] = ", ".join(part.strip() for part in fields["author"].split(";"))
    return FrontMatter(fields), "\n".join(lines[end:])


class _Loader(yaml.SafeLoader):
    """Loads texts, lists and maps alone, so that a wrong date spoils no other field. Refuses aliases: nested ones
    grow without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it uses aliases")
        return super().compose_node(parent, index)

    def construct_untagged(self, suffix: str, node: Any) -> object:
        if isinstance(node, yaml.ScalarNode):
            return self.construct_scalar(node)
        return self.construct_sequence(node, True) if isinstance(node, yaml.SequenceNode) else {}


_Loader.yaml_implicit_resolvers = {first: [("tag:yaml.org,2002:null", _NULL)] for first in ("~", "n", "N", "")}
_Loader.add_multi_constructor("", _Loader.construct_untagged)


def _yaml(block: str) -> dict[str, object] | None:
    fields = yaml.load(block.expandtabs(2), _Loader)
    return {str(key): value for key, value in fields.items()} if isinstance(fields, dict) else None
