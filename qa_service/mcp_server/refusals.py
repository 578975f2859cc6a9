"""Errors as they go out: a tool's within its result, so that the model that called it reads them and can do better;
others as JSON-RPC errors. Neither ever holds a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from mcp import MCPError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, CallToolResult, TextContent
from pydantic import BaseModel, ValidationError

from qa_service.errors import InvalidInput, NotFound, QAServiceError
from qa_service.options.refusals import refuse_fields

__all__ = ["failed_call", "parsed", "told"]

logger = logging.getLogger(__name__)

NEUTRAL = "Something went wrong here; the server's log says what."

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")


def parsed(model: type[M], arguments: dict[str, Any]) -> M:
    """`arguments` as a request.

    Raises:
        InvalidInput: a field is wrong; the message is the same as over HTTP.
    """
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        refuse_fields(error)


def failed_call(error: Exception, tool: str) -> CallToolResult:
    """What a tool answers that could not do it."""
    if not isinstance(error, QAServiceError):
        logger.error("The tool %s failed.", tool, exc_info=error)
    message = error.message if isinstance(error, QAServiceError) else NEUTRAL
    return CallToolResult(content=[TextContent(text=message)], is_error=True)


def told(work: Callable[[], R]) -> R:
    """What `work` returns.

    Raises:
        MCPError: it failed, whatever the reason.
    """
    try:
        return work()
    except MCPError:
        raise
    except (InvalidInput, NotFound) as error:
        raise MCPError(INVALID_PARAMS, error.message, {"param": error.param}) from None
    except QAServiceError as error:
        raise MCPError(INTERNAL_ERROR, error.message, {"param": error.param}) from None
    except Exception:
        logger.exception("A request failed.")
        raise MCPError(INTERNAL_ERROR, NEUTRAL) from None
