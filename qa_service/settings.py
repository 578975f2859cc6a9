"""One frozen settings object, read once.

Every setting has a name, a default and a help line. A value is taken from, in this order: an argument (the command
line), the environment (`QA_` and the name in capitals), a TOML file (`--config` or `QA_CONFIG`), the default.
`docs/settings.md` is generated from this class (`python -m qa_service.settings`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from qa_service.errors import SettingsError

__all__ = ["Settings", "load_settings", "settings_table"]

ENV_PREFIX = "QA_"


class Settings(BaseModel):
    """All settings of the service. Immutable; make another with `settings.model_copy(update={…})`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path("index"), description="Directory that holds the collections, one folder each.")
    model: str = Field(
        "packaged",
        description="`packaged` (all-MiniLM-L6-v2 from the installed package), `fake` (deterministic, for tests), "
        "or the name or path of any sentence-transformers model that is on disk.",
    )
    max_word_pieces: int = Field(
        256,
        ge=16,
        description="Most word pieces of the encoder in a passage with its title; never above the model's own.",
    )
    max_tokens: int = Field(256, ge=16, description="Most tiktoken tokens in a passage.")
    overlap_sentences: int = Field(2, ge=0, le=10, description="Sentences that a passage repeats from the one before.")

    depth: int = Field(1000, ge=10, le=10_000, description="Hits taken from each first-stage retriever.")
    dense_weight: float = Field(
        0.5, ge=0, le=1, description="Weight of dense against lexical in the convex combination."
    )
    title_weight: int = Field(
        1, ge=0, le=10, description="How many times a word of title, outlet or author counts in lexical matching."
    )
    late_interaction: bool = Field(True, description="Rerank the head by late interaction over one-bit token vectors.")
    late_interaction_depth: int = Field(50, ge=1, le=1000, description="How many candidates late interaction reranks.")
    late_interaction_weight: float = Field(
        0.85, ge=0, le=1, description="Weight of late interaction against the first-stage score."
    )
    sentence_share: float = Field(
        1.0, ge=0, le=1, description="Share of late interaction that is the passage's best single sentence."
    )
    answerable_threshold: float = Field(
        0.3, ge=0, le=1, description="Confidence from which a question counts as answerable."
    )

    host: str = Field("127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that `serve` listens on.")
    threads: int = Field(8, ge=1, le=256, description="Request threads of the server.")
    api_key: SecretStr | None = Field(
        None, description="Bearer key that guards everything but health checks and the page."
    )
    allow_anonymous: bool = Field(False, description="Listen beyond loopback without an API key.")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Further host names that the `Host` header may carry; `*` admits all. Comma-separated."
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Web origins that may call from a browser, such as `https://example.org`. Comma-separated."
    )
    max_upload_mb: int = Field(64, ge=1, description="Largest request body, in MiB.")
    rate_limit: str | None = Field(None, description="Requests per client, such as `60/minute`; off when unset.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe log line shown.")


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings from arguments, environment, file and defaults.

    Raises:
        SettingsError: a value is of the wrong kind, a name is unknown, or the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    if config is None and environ.get(f"{ENV_PREFIX}CONFIG"):
        config = Path(environ[f"{ENV_PREFIX}CONFIG"])
    values: dict[str, Any] = dict(_read_toml(config)) if config is not None else {}
    origin = dict.fromkeys(values, str(config))
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
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        where = origin.get(name, name)
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f"{where}: there is no setting {name!r}; docs/settings.md lists them.", param=name
            ) from None
        raise SettingsError(f"{where}: {first['msg']} (got {first['input']!r}).", param=name) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such configuration file.", param="config") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}.", param="config") from None


def settings_table() -> str:
    """The reference table of `docs/settings.md`, in Markdown."""
    lines = ["| setting | environment | default | what it does |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = (
            "unset"
            if default is None or default == ()
            else str(default).lower()
            if isinstance(default, bool)
            else default
        )
        lines.append(f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | `{shown}` | {field.description} |")
    return "\n".join(lines) + "\n"
