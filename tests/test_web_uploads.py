"""Uploads over HTTP: names, metadata, columns, large files."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_fixtures import StandInService

from qa_service.records import ArticleMeta
from qa_service.web import create_app

CONTENT_TYPE = "multipart/form-data; boundary=B"


def body(files: dict[str, bytes]) -> bytes:
    """A form as it goes over the wire."""
    head = '--B\r\nContent-Disposition: form-data; name="files"; filename="{}"\r\n\r\n'
    parts = [head.format(name).encode() + content + b"\r\n" for name, content in files.items()]
    return b"".join([*parts, b"--B--\r\n"])


def send(client: FlaskClient, files: dict[str, bytes]) -> int:
    return client.post("/v1/articles", data=body(files), content_type=CONTENT_TYPE).status_code


@pytest.fixture(scope="module")
def served() -> tuple[StandInService, Flask]:
    service = StandInService()
    return service, create_app(service)


@pytest.fixture
def service(served: tuple[StandInService, Flask]) -> StandInService:
    """As new in each test; the application around it is made once."""
    service, _ = served
    vars(service).update(vars(StandInService()))
    return service


@pytest.fixture
def client(served: tuple[StandInService, Flask], service: StandInService) -> FlaskClient:
    return served[1].test_client()


def test_files_make_a_job_and_keep_their_folders(client: FlaskClient, service: StandInService) -> None:
    form = {
        "files": [(BytesIO(b"one"), "a.txt"), (BytesIO(b"\xff\x00"), "news/b.bin"), (BytesIO(b"two"), "./news/a.txt")],
        "more": (BytesIO(b""), "Grüße/☃ 1.md"),
        "collection": "default",
    }
    response = client.post("/v1/articles", data=form)
    assert (response.status_code, response.get_json()) == (202, {"job_id": "j1"})
    assert response.headers["Location"] == "/v1/jobs/j1"
    assert service.files == [
        ("a.txt", b"one", None),
        ("news/b.bin", b"\xff\x00", None),
        ("news/a.txt", b"two", None),
        ("Grüße/☃ 1.md", b"", None),
    ]


def test_each_file_may_have_metadata(client: FlaskClient, service: StandInService) -> None:
    metadata = {
        "2024/index.md": {
            "title": "Ferry",
            "outlet": "AFP",
            "author": "",
            "published": "2024-02-29",
            "updated": "2024-03-01",
            "language": "EN",
            "url": "https://example.org/a",
            "tags": ["sea", "budget", "sea"],
        }
    }
    form = {
        "files": [(BytesIO(b"one"), "index.md"), (BytesIO(b"two"), "2024/index.md")],
        "metadata": json.dumps(metadata),
    }
    assert client.post("/v1/articles", data=form).status_code == 202
    known = ArticleMeta(
        "Ferry", "AFP", None, date(2024, 2, 29), "en", "https://example.org/a",
        updated=date(2024, 3, 1), tags=("budget", "sea"),
    )  # fmt: skip
    assert service.files == [("index.md", b"one", None), ("2024/index.md", b"two", known)]


def test_columns_are_mapped_by_name(client: FlaskClient, service: StandInService) -> None:
    form = {"files": (BytesIO(b"Body\nx"), "a.csv"), "map": ["text=Body", "title = The = title"]}
    assert client.post("/v1/articles", data=form).status_code == 202
    assert service.columns == {"text": "Body", "title": "The = title"}


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../a",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/",
        "a\\\\b",
        "C:/a",
        "a\tb",
        "a\u2028b",
        "a/ /b",
        "x" * 256,
        "a/" * 600 + "a",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(client: FlaskClient, service: StandInService, name: str) -> None:
    response = client.post("/v1/articles", data=body({name: b"x"}), content_type=CONTENT_TYPE)
    error = response.get_json()["error"]
    assert (response.status_code, error["param"]) == (422, "files")
    assert "cannot be the name of a file: " in error["message"]
    assert service.files == []


@pytest.mark.parametrize(
    ("form", "param", "message"),
    [
        ({}, "files", "send at least one file"),
        ({"collection": "default"}, "files", "send at least one file"),
        ({"files": (BytesIO(b"x"), "")}, "files", "send at least one file"),
        ({"files": [(BytesIO(b"x"), "b/a"), (BytesIO(b"y"), "b/a")]}, "files", "b/a is sent twice"),
        ({"title": "T"}, "title", "there is no such field"),
        ({"collection": ["a", "b"]}, "collection", "is given 2 times"),
        ({"metadata": "{"}, "metadata", "is not JSON"),
        ({"metadata": "[" * 100_000}, "metadata", "is not JSON"),
        ({"metadata": "[]"}, "metadata", "must be a JSON object"),
        ({"metadata": '{"b.txt": {}}'}, "metadata.b.txt", "did you mean a.txt?"),
        ({"metadata": '{"a.txt": 3}'}, "metadata.a.txt", "must be a JSON object"),
        ({"metadata": '{"a.txt": {"titel": "x"}}'}, "metadata.a.txt.titel", "did you mean title?"),
        ({"metadata": '{"a.txt": {"text": "x"}}'}, "metadata.a.txt.text", "there is no such field"),
        ({"metadata": '{"a.txt": {"published": "soon"}}'}, "metadata.a.txt.published", "must be a date"),
        ({"metadata": '{"a.txt": {"url": "file:///x"}}'}, "metadata.a.txt.url", "must be an http"),
        ({"metadata": '{"a.txt": {"tags": "x"}}'}, "metadata.a.txt.tags", "must be a list"),
        ({"map": "text"}, "map", "must be FIELD=COLUMN"),
        ({"map": "text="}, "map", "must be FIELD=COLUMN"),
        ({"map": "txt=Body"}, "map", "did you mean text?"),
        ({"map": ["text=Body", "text=Title"]}, "map", "text is given twice"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(
    client: FlaskClient, service: StandInService, form: dict[str, Any], param: str, message: str
) -> None:
    files = {} if param == "files" else {"files": (BytesIO(b"x"), "a.txt")}
    response = client.post("/v1/articles", data=files | form, content_type="multipart/form-data")
    error = response.get_json()["error"]
    assert (response.status_code, error["param"]) == (422, param)
    assert message in error["message"]
    assert service.files == []


def test_a_cut_off_upload_adds_nothing(client: FlaskClient, service: StandInService) -> None:
    raw = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf of the fi'
    response = client.post("/v1/articles", data=raw, content_type="multipart/form-data; boundary=B")
    assert 400 <= response.status_code < 500
    assert service.files == []


def test_a_large_upload_is_read_from_one_file_on_disk(
    client: FlaskClient, service: StandInService, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    temporary_file = tempfile.TemporaryFile

    def count(*values: Any, **named: Any) -> Any:
        opened.append("file")
        return temporary_file(*values, **named)

    monkeypatch.setattr(tempfile, "TemporaryFile", count)
    contents = [bytes([number]) * 300_000 for number in range(5)]
    assert send(client, {f"{number}/a.txt": content for number, content in enumerate(contents)}) == 202
    assert service.files == [(f"{number}/a.txt", content, None) for number, content in enumerate(contents)]
    assert opened == ["file"]


def test_thousands_of_files_are_one_upload(client: FlaskClient, service: StandInService) -> None:
    assert send(client, {f"{number}.txt": b"x" for number in range(3000)}) == 202
    assert len(service.files) == 3000


def test_the_form_is_described(client: FlaskClient) -> None:
    post = client.get("/openapi.json").get_json()["paths"]["/v1/articles"]["post"]
    form = post["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"files", "collection", "metadata", "map"}
    assert set(form["properties"]["metadata"]["additionalProperties"]["properties"]) == {
        "title", "outlet", "author", "published", "updated", "language", "url", "tags",
    }  # fmt: skip
