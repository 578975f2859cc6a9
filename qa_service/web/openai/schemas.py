"""Requests of OpenAI's protocol. What is not known is tolerated, as OpenAI does; what is used is checked."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, field_validator

from qa_service.web.schemas.base import DescribedOnce
from qa_service.web.schemas.fields import BodyFloat, BodyInt, RequestModel
from qa_service.web.schemas.requests import COLLAPSE, DIVERSITY, INTERPRET, MOST, FiltersBody, Retriever

__all__ = ["AskingOptions", "ChatBody", "Message", "OpenAIError", "ResponsesBody"]

SPOKEN = frozenset({"text", "input_text", "output_text"})


class Tolerant(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


def text_of(content: Any) -> str:
    """The text of a message's content: a string, or a list of parts, of which those with text count."""
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


class AskingOptions(RequestModel):
    """What `POST /v1/ask` takes beside the question, which OpenAI's protocol has no place for."""

    top_k: BodyInt = Field(5, ge=1, le=100, description="Most passages to return.")
    filters: FiltersBody = FiltersBody()
    retriever: Retriever = "hybrid"
    max_per_article: BodyInt | None = Field(None, ge=1, le=MOST)
    max_per_outlet: BodyInt | None = Field(None, ge=1, le=MOST)
    max_context_tokens: BodyInt | None = Field(None, ge=1, le=MOST)
    interpret: Annotated[bool, Strict()] = Field(True, description=INTERPRET)
    collapse_duplicates: Annotated[bool, Strict()] = Field(True, description=COLLAPSE)
    diversity: BodyFloat | None = Field(None, ge=0, le=1, description=DIVERSITY)


class _Body(Tolerant):
    model: Annotated[str, Strict()] = Field(max_length=512, description="The name of a collection.")
    stream: Annotated[bool, Strict()] | None = False
    qa: AskingOptions = Field(AskingOptions(), description="An extension: how the collection is asked.")


class OpenAIErrorDetail(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(DescribedOnce):
    """The shape of errors on these paths; a field that is refused is 400."""

    error: OpenAIErrorDetail


class StreamOptions(Tolerant):
    include_usage: bool | None = False


class ChatBody(_Body):
    """`POST /v1/chat/completions`. The last user message is the question, those before it the conversation."""

    messages: list[Message] = Field(min_length=1)
    n: BodyInt | None = Field(None, ge=1, le=1, description="Answers are deterministic: one is all there is.")
    stream_options: StreamOptions | None = None


class ResponsesBody(_Body):
    """`POST /v1/responses`."""

    input: list[Message]
    instructions: Content = Field("", description="Read for its tokens alone: nothing writes by instructions here.")
    previous_response_id: Annotated[str, Strict(), Field(max_length=128)] | None = None
    metadata: dict[Annotated[str, Field(max_length=64)], Annotated[str, Strict(), Field(max_length=512)]] | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _input(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [{"role": "user", "content": value}]
        if not isinstance(value, list) or not value:
            raise ValueError("must be a string or a list of messages")
        # items without a role (calls of tools, reasoning) say nothing that could be asked
        return [item for item in value if not isinstance(item, dict) or "role" in item]
