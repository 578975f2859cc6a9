"""Renders a page that contains its style and script, with a policy that allows nothing else.

The policy names both by SHA-256 (CSP Level 3, 2.3.1), so a script in an article could not run even after an escaping
error.
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

from qa_service.files.atomic import write_file

__all__ = ["EmbeddedJson", "embedded", "joined_modules", "render"]

TEMPLATES = resources.files(__package__) / "templates"
IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
STYLES = ("base.css", "table.css", "opened.css")


@dataclass(frozen=True, slots=True)
class EmbeddedJson:
    """JSON that the script reads, under the id of its element."""

    id: str
    json: Markup


def embedded(name: str, value: Any) -> EmbeddedJson:
    """`value` as JSON for a <script> element. It contains no "<", so neither `</script>` nor `<!--` can occur."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    return EmbeddedJson(name, Markup(text))


def render(path: Path, template: str, scripts: Iterable[str], blocks: Iterable[EmbeddedJson], **values: Any) -> Path:
    """Write the page block by block, and move it to `path` when it is complete.

    A lone surrogate has no UTF-8 form; it becomes an escape, which JSON reads as the surrogate.

    Args:
        template: a file of `templates/`.
        scripts: ES modules of `templates/`, each after the modules that it imports.
        blocks: read once, while the page is written.
        values: variables of the template; strings are escaped.
    """
    style = "".join(_read(name) for name in STYLES)
    script = '"use strict";\n{\n' + joined_modules(_read(name) for name in scripts) + "}\n"
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _environment().get_template(template)
    pieces = page.generate(
        policy=Markup(policy),  # our own text, with its quotes
        style=Markup(style),
        script=Markup(script),
        blocks=blocks,
        **values,
    )
    return write_file(path, pieces, errors="backslashreplace")


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
    """HTML cannot show control characters (a NUL vanishes), so each becomes U+FFFD."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
