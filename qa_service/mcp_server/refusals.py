"""Error responses without tracebacks. A tool's error is in its result, so that the calling model reads it and can try
again. Other errors are JSON-RPC errors."""

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
    """The result of a tool that failed."""
    if not isinstance(error, QAServiceError):
        logger.error("The tool %s failed.", tool, exc_info=error)
    message = error.message if isinstance(error, QAServiceError) else NEUTRAL
    return CallToolResult(content=[TextContent(text=message)], is_error=True)


def told(work: Callable[[], R]) -> R:
    """What `work` returns.

    Raises:
        MCPError: `work` raised any error.
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
