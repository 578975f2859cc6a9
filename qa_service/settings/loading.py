"""Reads settings from the command line, the environment, a TOML file and the defaults, in this order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_service.errors import SettingsError, did_you_mean
from qa_service.settings.model import Settings

__all__ = ["ENV_PREFIX", "load_settings"]

ENV_PREFIX = "QA_"


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings.

    Args:
        overrides: settings by name, which come first; None is not a value.
        config: a TOML file. None: the file that `QA_CONFIG` names, if any.
        environ: the environment. None: the process's.

    Raises:
        SettingsError: a value is of the wrong kind, a name is unknown, or the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    if config is None and environ.get(f"{ENV_PREFIX}CONFIG"):
        config = Path(environ[f"{ENV_PREFIX}CONFIG"])
    values: dict[str, Any] = dict(_read_toml(config)) if config is not None else {}
    origin = {name: f"{config}: {name}" for name in values}
    for name, field in Settings.model_fields.items():
        variable = f"{ENV_PREFIX}{name.upper()}"
        raw = environ.get(variable)
        if raw is None or raw == "":
            continue
        values[name] = [p.strip() for p in raw.split(",") if p.strip()] if "tuple" in str(field.annotation) else raw
        origin[name] = variable
    for name, value in (overrides or {}).items():
        if value is not None:
            values[name] = value
            origin[name] = name
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _refusal(error, origin) from None


def _refusal(error: ValidationError, origin: Mapping[str, str]) -> SettingsError:
    """The first error, with the name of the setting and of its variable or file."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "?"
    where = origin.get(name, name)
    if first["type"] == "extra_forbidden":
        meant = did_you_mean(name, Settings.model_fields)
        return SettingsError(
            f"{where}: there is no such setting{meant} docs/reference/settings.md lists them.", param=name
        )
    if first["type"] == "value_error":
        return SettingsError(f"{where}: {first['msg'].removeprefix('Value error, ')}.", param=name)
    got = "" if name in ("api_key", "llm_api_key", "llm_base_url") else f" (got {first['input']!r})"
    return SettingsError(f"{where}: {first['msg']}{got}.", param=name)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such configuration file.", param="config") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}.", param="config") from None
