"""The HTTP face: the only room that knows Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from qa_service.service import Service

__all__ = ["create_app"]


def create_app(service: Service) -> Flask:
    """See `app.create_app`. It is imported here, so that `serve` decides when the libraries are loaded."""
    from qa_service.web import app

    return app.create_app(service)
