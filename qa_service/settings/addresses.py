"""Checks of network addresses in settings."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

__all__ = ["HOST_NAME", "is_address", "is_loopback", "is_origin", "is_server"]

HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is a loopback address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_origin(text: str) -> bool:
    """Whether `text` is `scheme://host` or `scheme://host:port`, without more (RFC 6454, section 6.2)."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    bare = f"[{host}]" if ":" in host else host
    written = f"{parts.scheme}://{bare}" + ("" if port is None else f":{port}")
    return bool(parts.scheme and (HOST_NAME.fullmatch(host) or is_address(host))) and text.lower() == written


def is_server(text: str) -> bool:
    """Whether `text` is an HTTP address of host, port and path alone."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.query or parts.fragment or "@" in parts.netloc)
    known = HOST_NAME.fullmatch(host) is not None or is_address(host)
    return bare and known and parts.scheme in ("http", "https") and not any(c.isspace() for c in text)
