"""The options of a question on the command line, made from their table."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from qa_service.cli.options import F
from qa_service.options.limits import MOST
from qa_service.options.question import FLAT_OPTIONS, Option
from qa_service.options.value_checks import LANGUAGE

__all__ = ["question_options"]

ARGUMENT = "question"
SHOWN_FIRST = ("question", "top_k", "retriever")


def question_options(function: F) -> F:
    """The argument QUESTION and one option for each option of a question."""
    # click shows options in the order of the decorators, so the last one is applied first
    for option in sorted(FLAT_OPTIONS, key=lambda option: option.name not in SHOWN_FIRST)[::-1]:
        function = _decorator(option)(function)
    return function


def _decorator(option: Option) -> Any:
    if option.name == ARGUMENT:
        return click.argument(option.name, callback=_checked(option), help=option.help)
    name = f"--{option.name.replace('_', '-')}"
    settings: dict[str, Any] = {"help": _help(option), "multiple": option.many}
    if option.default not in (None, (), False):
        settings |= {"default": option.default, "show_default": True}
    if option.type is bool:
        flags = f"{name}/--no-{name.removeprefix('--')}" if option.default else name
        return click.option(flags, is_flag=True, **settings | {"default": option.default})
    if option.choices:
        return click.option(name, type=click.Choice(option.choices), **settings)
    if option.type in (int, float):
        most = None if option.most == MOST else option.most
        kind = click.IntRange if option.type is int else click.FloatRange
        return click.option(name, type=kind(option.least, most), metavar="N", **settings)
    return click.option(name, metavar=_metavar(option), callback=_checked(option), **settings)


def _metavar(option: Option) -> str:
    if option.type is date:
        return "DATE"
    return "CODE" if option.text is LANGUAGE else "ID" if option.name.endswith("_id") else "NAME"


def _help(option: Option) -> str:
    return f"{option.description} May be repeated." if option.many else option.description


def _checked(option: Option) -> Any:
    """A callback that checks texts before the model is loaded."""

    def check(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if option.many:
            return tuple(_parse(option, text) for text in value)
        return None if value is None else _parse(option, value)

    return check


def _parse(option: Option, text: str) -> Any:
    try:
        return option.parse(text)
    except ValueError as error:
        message = f"{error}."
    if option.type is date:
        message = f"{text!r} is not a day such as 2025-06-01."
    elif message.startswith("must be a "):
        message = f"{text!r} is not {message.removeprefix('must be ')}"
    raise click.BadParameter(message)
