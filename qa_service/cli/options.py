"""Options that several commands share, and the settings and the open service that they lead to."""

from __future__ import annotations

import dataclasses
import json
import logging
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from qa_service.service import Service
    from qa_service.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """A decorator that adds these options, which `--help` shows in this order."""
    return lambda function: reduce(lambda changed, option: option(changed), options[::-1], function)


index = together(
    click.option(
        "--index",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Directory that holds the collections. [default: index]",
    ),
    # `--config` is known after the command's name too
    click.option(
        "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file with settings."
    ),
)
collection = click.option(
    "--collection", default="default", show_default=True, metavar="NAME", help="Which collection."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def read_settings(config: Path | None, **given: object) -> Settings:
    """The settings, with those of the command line first. It imports lazily, so that `--help` is fast.

    Raises:
        SettingsError: a value, a name or a file is wrong.
    """
    from qa_service.settings import load_settings

    context = click.get_current_context()
    return load_settings(given, config=config or context.find_object(Path))


@contextmanager
def open_service(config: Path | None, **given: object) -> Iterator[Service]:
    """An open service, which is closed at the end. If a collection is missing, the error says how to make it."""
    settings = read_settings(config, **given)
    # A command prints its result; the log is for a server. Warnings and errors still reach the terminal.
    log_to_stderr("warning")
    from qa_service.errors import CollectionNotFound
    from qa_service.service import Service

    service = Service.open(settings)
    try:
        yield service
    except CollectionNotFound:
        raise CollectionNotFound(_missing(service, settings), param="collection") from None
    finally:
        service.close()


def _missing(service: Service, settings: Settings) -> str:
    """The collections that exist, and the command that makes the missing one."""
    from qa_service.errors import did_you_mean

    given = click.get_current_context().params
    name = given["collection"]
    if not settings.index.is_dir():
        there = f"The directory {settings.index} does not exist, so there is no collection {name!r}."
    elif names := [info.name for info in service.collections()]:
        meant = did_you_mean(name, names)
        there = f"There is no collection {name!r} in {settings.index}{meant} It holds {', '.join(names)}."
    else:
        there = f"{settings.index} holds no collection yet."
    return f"{there} Make it with: {ingest_command(given.get('index'), name)}"


def ingest_command(index: Path | None, collection: str = "default") -> str:
    """`qa-service ingest PATH` with the options for the same collection."""
    words = ["qa-service", "ingest", "PATH"]
    words += [] if collection == "default" else ["--collection", collection]
    words += [] if index is None else ["--index", str(index)]
    return shlex.join(words)


def log_to_stderr(level: str) -> None:
    """Log this package from `level` on, and libraries from warnings on."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("qa_service").setLevel(level.upper())


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def echo_json(value: object) -> None:
    """Print a dict or a record as JSON. A record's fields have the names of the HTTP contract."""
    plain = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=_iso))


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
