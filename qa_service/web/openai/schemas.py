"""Requests of OpenAI's protocol. Unknown fields are ignored, as OpenAI does; fields in use are checked."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, field_validator

from qa_service.options.ask_request import QuestionModel, with_options
from qa_service.options.field_types import BodyInt
from qa_service.options.question import QUESTION_OPTIONS
from qa_service.options.schema_base import DescribedOnce, Request

__all__ = ["AskingOptions", "ChatBody", "Message", "OpenAIError", "ResponsesBody"]

IN_PROTOCOL = frozenset({"question", "collection", "history"})
"""Options that the protocol has fields for: the messages, and the model."""
SPOKEN = frozenset({"text", "input_text", "output_text"})


class Tolerant(Request):
    model_config = ConfigDict(extra="allow")


def text_of(content: Any) -> str:
    """The text of a message's content, which is a string or a list of parts. Only parts with text count."""
    if content is None or isinstance(content, str):
        return _without_surrogates(content or "")
    if not isinstance(content, list) or not all(isinstance(part, dict | str) for part in content):
        raise ValueError("must be a string or a list of parts")
    texts = []
    for part in content:
        kind = "text" if isinstance(part, str) else part.get("type", "text")
        text = part if isinstance(part, str) else part.get("text")
        if isinstance(kind, str) and kind in SPOKEN and isinstance(text, str):
            texts.append(_without_surrogates(text))
    return "\n".join(texts)


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("contains a lone surrogate, which no text can") from None
    return text


Content = Annotated[str, BeforeValidator(text_of, json_schema_input_type=str | list[dict[str, Any]] | None)]


class Message(Tolerant):
    role: Annotated[str, Strict()] = "user"
    content: Content = ""


@with_options(option for option in QUESTION_OPTIONS if option.name not in IN_PROTOCOL)
class AskingOptions(QuestionModel):
    """The options of `POST /v1/ask` that OpenAI's protocol has no field for."""


def _text_only(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else value
    if kind not in (None, "text"):
        raise ValueError('must be {"type": "text"} or left out: answers are quotations, in no other format')
    return value


def _no_tool(value: Any) -> Any:
    """Accepts what lets the model choose, since it then chooses no tool."""
    kind = value
    if isinstance(value, dict):  # chat completions nest the mode, responses do not
        nested = value.get("allowed_tools")
        kind = (nested if isinstance(nested, dict) else value).get("mode", "one tool")
    if kind not in (None, "auto", "none"):
        raise ValueError('must be "auto", "none" or left out: this service calls no tools')
    return value


Format = Annotated[Any, BeforeValidator(_text_only, json_schema_input_type=dict[str, Any] | None)]
ToolChoice = Annotated[Any, BeforeValidator(_no_tool, json_schema_input_type=str | dict[str, Any] | None)]


class _Body(Tolerant):
    model: Annotated[str, Strict()] = Field(max_length=512, description="The name of a collection.")
    stream: Annotated[bool, Strict()] | None = False
    tool_choice: ToolChoice = Field(None, description='"auto" or "none": no tool is called.')
    qa: AskingOptions = Field(AskingOptions(), description="Our extension: options of the question.")


class OpenAIErrorDetail(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(DescribedOnce):
    """The shape of errors on these paths. A refused field is 400."""

    error: OpenAIErrorDetail


class StreamOptions(Tolerant):
    include_usage: bool | None = False


class ChatBody(_Body):
    """`POST /v1/chat/completions`. The last user message is the question; the messages before it are its history."""

    messages: list[Message] = Field(min_length=1)
    n: BodyInt | None = Field(None, ge=1, le=1, description="1: answers are deterministic.")
    stream_options: StreamOptions | None = None
    response_format: Format = Field(None, description='`{"type": "text"}`: there is no other.')
    function_call: ToolChoice = Field(None, description="The earlier name of `tool_choice`.")


class TextOptions(Tolerant):
    format: Format = Field(None, description='`{"type": "text"}`: there is no other.')


class ResponsesBody(_Body):
    """`POST /v1/responses`."""

    input: list[Message]
    instructions: Content = Field("", description="Only counted: no model follows instructions here.")
    text: TextOptions | None = None
    previous_response_id: Annotated[str, Strict(), Field(max_length=128)] | None = None
    metadata: dict[Annotated[str, Field(max_length=64)], Annotated[str, Strict(), Field(max_length=512)]] | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _input(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [{"role": "user", "content": value}]
        if not isinstance(value, list) or not value:
            raise ValueError("must be a string or a list of messages")
        # items without a role (tool calls, reasoning) hold no question
        return [item for item in value if not isinstance(item, dict) or "role" in item]
