"""The table of rooms in docs/explanation/architecture.md, enforced: reads every import of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "qa_service"
MAX_LINES = 300

EVERYWHERE = {"errors", "machine", "records"}
"""Any room may import these, and they import no room."""

BELOW_SERVICE = {
    "files", "settings", "text", "parsing", "chunking", "embedding", "reader", "storage", "ranking", "answering",
    "jobs", "ingest",
}  # fmt: skip

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "files": set(),
    "machine": set(),
    "records": set(),
    "resources": set(),
    "settings": set(),
    "options": {"settings"},
    "text": set(),
    "parsing": {"text"},
    "chunking": {"text"},
    "embedding": {"files"},
    "reader": {"files", "text", "embedding"},
    "storage": {"files", "text"},
    "ranking": {"storage", "embedding", "text"},
    "answering": {"text", "embedding", "reader"},
    "jobs": {"files", "storage"},
    "ingest": BELOW_SERVICE - {"ingest"},
    "service": BELOW_SERVICE | {"options"},
    "evaluation": {"service", "options", "files", "jobs", "text", "parsing"},
    "chat": {"service", "options", "settings", "text"},
    "web": {"service", "options", "settings", "evaluation", "chat"},
    "mcp_server": {"service", "options", "settings", "chat"},
    "cli": {"service", "options", "settings"},
    "__init__": set(),
    "__main__": {"cli"},
}
"""What each room may import beside itself and `EVERYWHERE`."""

STORAGE_FOR = {
    "ranking": {"storage.port", "storage.features"},
    "ingest": {"storage.port", "storage.writes"},
    "service": {"storage.port", "storage.writes"},
}
"""The only modules of storage that other rooms import: its port, never an engine."""

CHOOSES_THE_ENGINE = ("service/open_collections.py", "storage.local.store")
"""The only file outside storage that imports an engine."""

CONFORMANCE = "storage/conformance"
"""The only place that imports pytest; only tests import it."""

ONLY_INSIDE_FUNCTIONS = {
    "__init__": {"service", "settings", "embedding", "evaluation"},
    "cli": {"service", "settings", "web", "evaluation", "mcp_server"},
    "mcp_server": {"web", "evaluation"},
}
"""What a room may import only where it is used. For the command line that keeps `--help` quick."""

ONLY_IN_WEB = {"flask", "flask_limiter", "flask_openapi3", "werkzeug", "gunicorn"}


def violations(package: Path) -> list[str]:
    """One line for each import, `print` or module length that breaks a rule."""
    return [line for path in sorted(package.rglob("*.py")) for line in _violations_in(path, package)]


def _violations_in(path: Path, package: Path) -> Iterator[str]:
    relative = path.relative_to(package)
    room = relative.parts[0].removesuffix(".py")
    source = path.read_text(encoding="utf-8")
    if room not in MAY_IMPORT:
        yield f"{relative}: room {room!r} is not in the table"
        return
    if len(source.splitlines()) > MAX_LINES:
        yield f"{relative}: more than {MAX_LINES} lines"
    tree = ast.parse(source)
    typing_only = {id(node) for node in _walk_type_checking(tree)}
    inside = {id(node) for function in _functions(tree) for node in ast.walk(function)}
    for node in ast.walk(tree):
        where = f"{relative}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and room != "cli":
            yield f"{where}: print outside cli"
        for module in _imported(node, relative, package.name):
            top, *rest = module.split(".")
            if top in ONLY_IN_WEB and room != "web":
                yield f"{where}: {top} outside web"
            if top == "pytest" and not relative.as_posix().startswith(CONFORMANCE):
                yield f"{where}: pytest outside {CONFORMANCE}"
            if top != package.name or not rest:
                continue
            target = rest[0]
            lazily = id(node) in inside or id(node) in typing_only
            lazy_rooms = ONLY_INSIDE_FUNCTIONS.get(room, set())
            allowed = MAY_IMPORT[room] | (set() if room in EVERYWHERE else EVERYWHERE)
            if target in lazy_rooms and not lazily:
                yield f"{where}: {room} imports {target} at its top"
            elif target in MAY_IMPORT and target not in {room} | allowed | lazy_rooms:
                # `from qa_service import __version__` names no room.
                yield f"{where}: {room} imports {target}"
            elif target == "storage" and room != "storage":
                module = ".".join(rest)
                if module not in STORAGE_FOR.get(room, set()) and (relative.as_posix(), module) != CHOOSES_THE_ENGINE:
                    yield f"{where}: {room} imports {module}"


def _imported(node: ast.AST, relative: Path, package_name: str) -> Iterator[str]:
    """Dotted names of what a node imports; relative imports are resolved."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            folder = [package_name, *relative.parts[:-1]]
            base = ".".join([*folder[: len(folder) - node.level + 1], *([base] if base else [])])
        # `from qa_service import storage` imports a room by its name in the list.
        yield from (f"{base}.{alias.name}" if base == package_name else base for alias in node.names)


def _functions(tree: ast.AST) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _walk_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for child in node.body:
                yield from ast.walk(child)


def test_no_room_imports_what_stands_above_it() -> None:
    assert violations(PACKAGE) == []


PLANTED = [
    ("text/words.py", "from qa_service.storage import catalogue", "text imports storage"),
    ("text/words.py", "import qa_service.service", "text imports service"),
    ("text/words.py", "from qa_service import storage", "text imports storage"),
    ("text/words.py", "from ..storage import catalogue", "text imports storage"),
    ("text/words.py", "from .. import storage", "text imports storage"),
    ("text/words.py", "def f():\n    from qa_service import storage", "text imports storage"),
    ("errors.py", "from qa_service import records", "errors imports records"),
    ("ranking/fusion.py", "from qa_service.settings import Settings", "ranking imports settings"),
    ("web/views.py", "from qa_service.storage import catalogue", "web imports storage"),
    ("cli/ask.py", "from qa_service.web import serialise", "cli imports web at its top"),
    ("cli/ask.py", "from qa_service.service import Service", "cli imports service at its top"),
    ("cli/ask.py", "def f():\n    from qa_service.storage import catalogue", "cli imports storage"),
    (
        "ranking/fusion.py",
        "from qa_service.storage.local.store import LocalStore",
        "ranking imports storage.local.store",
    ),
    ("ranking/fusion.py", "from qa_service.storage import local", "ranking imports storage"),
    ("ranking/fusion.py", "from qa_service.storage.writes import Origin", "ranking imports storage.writes"),
    ("ingest/run.py", "from qa_service.storage.local import changes", "ingest imports storage.local"),
    ("service/core.py", "from qa_service.storage.local.store import X", "service imports storage.local.store"),
    ("service/core.py", "from qa_service.storage.memory.store import X", "service imports storage.memory.store"),
    ("storage/port.py", "import pytest", "pytest outside storage/conformance"),
    ("service.py", "import flask", "flask outside web"),
    ("service.py", "from flask_openapi3 import OpenAPI", "flask_openapi3 outside web"),
    ("service.py", "print('hello')", "print outside cli"),
    ("service.py", "pass\n" * 301, "more than 300 lines"),
    ("manager.py", "", "room 'manager' is not in the table"),
]

ALLOWED = [
    ("text/words.py", "from qa_service.errors import InvalidInput\nfrom qa_service.text.basic.tokens import count"),
    ("text/words.py", "from . import tokens"),
    ("web/views.py", "import flask\nfrom qa_service.records import Answer"),
    ("cli/ask.py", "print('hello')\ndef f():\n    from qa_service.web import serialise"),
    ("cli/ask.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from qa_service.service import Service"),
    ("cli/app.py", "from qa_service import __version__"),
    ("ranking/fusion.py", "from qa_service.storage.features import Features"),
    ("service/open_collections.py", "from qa_service.storage.local.store import LocalEngine"),
    ("storage/local/store.py", "from qa_service.storage.local.collection import Collection"),
    ("storage/conformance/history.py", "import pytest"),
    ("service.py", "pass\n" * 300),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    package = tmp_path / "qa_service"
    (package / "storage").mkdir(parents=True)
    (package / "storage" / "catalogue.py").write_text("")
    return package


@pytest.mark.parametrize(("file", "source", "complaint"), PLANTED)
def test_a_planted_violation_is_found(tree: Path, file: str, source: str, complaint: str) -> None:
    (tree / file).parent.mkdir(parents=True, exist_ok=True)
    (tree / file).write_text(source)
    found = violations(tree)
    assert len(found) == 1
    assert found[0].startswith(file)
    assert found[0].endswith(complaint)


@pytest.mark.parametrize(("file", "source"), ALLOWED)
def test_what_the_table_allows_passes(tree: Path, file: str, source: str) -> None:
    (tree / file).parent.mkdir(parents=True, exist_ok=True)
    (tree / file).write_text(source)
    assert violations(tree) == []
