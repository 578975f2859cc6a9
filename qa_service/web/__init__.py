"""The HTTP face: the only room that knows Flask."""

from __future__ import annotations

from qa_service.web.app import create_app

__all__ = ["create_app"]
