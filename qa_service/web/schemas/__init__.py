"""What may come in and what goes out, as pydantic classes: they validate requests, shape responses, and the OpenAPI
document is made from them."""

from __future__ import annotations
