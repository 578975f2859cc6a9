"""Parts of the addresses that a web page states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

__all__ = ["addresses_in", "host_of", "place_of"]


def addresses_in(values: Iterable[object]) -> Iterator[str]:
    """The addresses in texts and nodes."""
    for one in values:
        if isinstance(one, Mapping):
            one = one.get("@id") or one.get("url")
        if isinstance(one, str):
            yield one.strip()


def place_of(url: str) -> str:
    """The path and query of an address, empty for a site's front page or an address that cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.path.strip('/')}{parts.query}"


def host_of(url: str | None) -> str:
    """The host of an address; empty if it has none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
