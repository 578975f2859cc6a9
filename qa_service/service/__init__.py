"""The composition root: web, command line and evaluation know only this."""

from __future__ import annotations

from qa_service.service.core import Service

__all__ = ["Service"]
