"""The composition root: web, command line and evaluation know only this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_service.service.core import Service

__all__ = ["Service"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import `Service` at its first use, so that `preload` can begin before all libraries are there."""
        if name in __all__:
            from qa_service.service import core

            return core.Service
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
