"""Pydantic classes that validate requests and shape responses. The OpenAPI document is made from them.

Those that ask and answer stand in `options/`, because other interfaces share them.
"""

from __future__ import annotations
