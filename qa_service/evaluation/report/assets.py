"""Renders a page with its style and script inside, and a policy that allows these two and nothing else.

The policy names them by SHA-256 (CSP Level 3, 2.3.1), so that a script in somebody's article could not run even where
an escape was forgotten.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from qa_service.evaluation.run.whole_files import replace_file

__all__ = ["Block", "embedded", "joined_modules", "render"]

TEMPLATES = resources.files(__package__) / "templates"
IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
STYLES = ("base.css", "table.css", "opened.css")


@dataclass(frozen=True, slots=True)
class Block:
    """What the script reads: JSON under the id of its element."""

    id: str
    json: Markup


def embedded(name: str, value: Any) -> Block:
    """`value` as JSON that can stand in a <script>: no "<" is in it, so neither `</script>` nor `<!--` can be."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    return Block(name, Markup(text))


def render(path: Path, template: str, scripts: Iterable[str], blocks: Iterable[Block], **values: Any) -> Path:
    """Writes the page, a block at a time, and moves it to `path` when it is whole.

    A lone surrogate cannot be UTF-8: it becomes an escape, which JSON reads as itself.

    Args:
        template: a file of `templates/`.
        scripts: ES modules of `templates/`, each after the modules that it imports.
        blocks: read once, while the page is written.
        values: what the template shows; strings are escaped.
    """
    style = "".join(_read(name) for name in STYLES)
    script = '"use strict";\n{\n' + joined_modules(_read(name) for name in scripts) + "}\n"
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _environment().get_template(template)
    pieces = page.generate(
        policy=Markup(policy),  # ours, quotes and all
        style=Markup(style),
        script=Markup(script),
        blocks=blocks,
        **values,
    )
    return replace_file(path, pieces, errors="backslashreplace")


def joined_modules(sources: Iterable[str]) -> str:
    """The code of one classic script: the modules in this order, without their imports and exports."""
    return "\n".join(EXPORT.sub("", IMPORT.sub("", source)) for source in sources)


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "templates"),
        autoescape=True,
        finalize=_printable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _printable(value: Any) -> Any:
    """Control characters have no place in HTML (a NUL vanishes): each shows as U+FFFD."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
