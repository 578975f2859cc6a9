"""The form of an upload."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from qa_service.errors import InvalidInput
from qa_service.options.column_map import column_map
from qa_service.options.field_types import CollectionName
from qa_service.options.schema_base import RequestModel
from qa_service.web.schemas.requests import ArticleBody, FileMetadata

__all__ = ["POST_BODY", "UploadForm"]


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise ValueError("is not JSON that can be read") from None


def _is_a_map(pairs: list[str]) -> list[str]:
    try:
        column_map(pairs)
    except InvalidInput as error:
        raise ValueError(error.message.removeprefix("map: ").removesuffix(".")) from None
    return pairs


class UploadForm(RequestModel):
    """The fields of a `multipart/form-data` upload, beside its files."""

    collection: CollectionName = "default"
    metadata: Annotated[dict[str, FileMetadata], BeforeValidator(_from_json)] = Field(
        {}, description="A JSON object: for the name of each file, what is known about its article."
    )
    map: Annotated[list[str], AfterValidator(_is_a_map)] = Field(
        [],
        description="For tables and JSON files: FIELD=COLUMN, such as `text=Body`. Repeat it for several fields.",
        max_length=100,
    )


def _form_schema() -> dict[str, Any]:
    files = {
        "type": "array",
        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        "description": "Files of any format that `qa-service ingest` reads, archives too. The file name of a part is "
        "the file's path in its folder: `2024/index.md`. A `sources.toml` describes the files of its folder.",
    }
    described = UploadForm.model_json_schema(ref_template="#/components/schemas/{model}")
    metadata = FileMetadata.model_json_schema()
    properties = described["properties"] | {"files": files}
    properties["metadata"] = {
        "type": "object",
        "additionalProperties": metadata,
        "description": described["properties"]["metadata"]["description"],
    }
    return {"type": "object", "required": ["files"], "additionalProperties": False, "properties": properties}


POST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": ArticleBody.model_json_schema()},
        "multipart/form-data": {
            "schema": _form_schema(),
            "encoding": {"metadata": {"contentType": "application/json"}},
        },
    },
}
