"""Questions to a collection of articles, answered with ranked passages and citations that anyone can check."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
