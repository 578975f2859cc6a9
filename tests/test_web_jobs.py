"""Jobs over HTTP, with the real service on the deterministic embedder."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from builders import fake_service
from flask.testing import FlaskClient

from qa_service.web import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    service = fake_service(tmp_path_factory.mktemp("index"))
    service.start()
    yield create_app(service).test_client()
    service.close()


def prose(place: str) -> bytes:
    return (
        f"The mayor of {place} opened a market on Monday. Traders came from all of the region to sell goods.".encode()
    )


def upload(client: FlaskClient, files: dict[str, bytes], **fields: Any) -> str:
    form = {"files": [(BytesIO(content), name) for name, content in files.items()], **fields}
    response = client.post("/v1/articles", data=form)
    assert response.status_code == 202, response.get_json()
    return str(response.get_json()["job_id"])


def over(client: FlaskClient, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := client.get(f"/v1/jobs/{job_id}").get_json())["state"] not in ("done", "failed", "cancelled"):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return dict(job)


def articles(client: FlaskClient, collection: str) -> dict[str, dict[str, Any]]:
    found = client.get(f"/v1/articles?collection={collection}").get_json()["articles"]
    return {article["source"]: article for article in found}


def test_a_folder_is_uploaded_with_metadata_from_the_form_and_from_sources_toml(client: FlaskClient) -> None:
    files = {
        "2024/a.txt": prose("Ayr"),
        "2024/b.txt": prose("Bude"),
        "2025/a.txt": prose("Crewe"),
        "2024/sources.toml": b'["a.txt"]\noutlet = "AFP"\ntitle = "From TOML"\n["gone.txt"]\noutlet = "x"\n',
    }
    metadata = {"2024/a.txt": {"title": "From the form", "tags": ["sea"]}, "2025/a.txt": {"published": "2025-01-02"}}
    job = over(client, upload(client, files, collection="folder", metadata=json.dumps(metadata)))
    assert (job["state"], job["total"], job["outcomes"]) == ("done", 3, {"added": 3})
    (warning,) = job["warnings"]
    assert "2024/sources.toml: there is no file 'gone.txt'" in warning
    found = articles(client, "folder")
    assert set(found) == {"2024/a.txt", "2024/b.txt", "2025/a.txt"}
    first = found["2024/a.txt"]
    assert (first["title"], first["outlet"], first["tags"]) == ("From the form", "AFP", ["sea"])
    assert (found["2024/b.txt"]["outlet"], found["2025/a.txt"]["published"]) == (None, "2025-01-02")


def test_a_sources_toml_that_is_no_toml_is_refused(client: FlaskClient) -> None:
    form = {"files": [(BytesIO(b"x"), "a.txt"), (BytesIO(b"[[["), "sources.toml")]}
    response = client.post("/v1/articles", data=form)
    assert response.status_code == 422
    assert "sources.toml: cannot be read as TOML" in response.get_json()["error"]["message"]
    form = {"files": [(BytesIO(b""), "sources.toml")]}
    assert client.post("/v1/articles", data=form).status_code == 422


def test_an_archive_tells_each_of_its_files(client: FlaskClient, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "stories.zip", "w") as archive:
        archive.writestr("2024/a.txt", prose("Ayr"))
        archive.writestr("picture.png", b"\x89PNG\0")
    job = over(client, upload(client, {"stories": (tmp_path / "stories.zip").read_bytes()}, collection="archive"))
    assert (job["done"], job["total"], job["outcomes"]) == (1, 1, {"added": 1, "skipped": 1})
    assert [(f["file"], f["outcome"], f["kind"], f["retryable"]) for f in job["files"]] == [
        ("stories/2024/a.txt", "added", "plain text", False),
        ("stories/picture.png", "skipped", None, False),
    ]


def test_a_job_that_cannot_read_a_file_goes_on(client: FlaskClient) -> None:
    job = over(client, upload(client, {"a": b"", "b": b"\x89PNG\0", "c": prose("Ayr")}, collection="some"))
    assert [(f["file"], f["outcome"]) for f in job["files"]] == [("a", "skipped"), ("b", "skipped"), ("c", "added")]
    assert job["files"][0]["reason"] == "a: is empty."
    retry = client.post(f"/v1/jobs/{job['job_id']}/retry")
    assert (retry.status_code, retry.get_json()["error"]["type"]) == (409, "conflict")
    retry = client.post(f"/v1/jobs/{job['job_id']}/retry", json={"all": True})
    assert retry.status_code == 202
    assert retry.headers["Location"] == f"/v1/jobs/{retry.get_json()['job_id']}"
    again = over(client, retry.get_json()["job_id"])
    assert (again["outcomes"], again["retry_of"]) == ({"skipped": 2}, job["job_id"])


def test_jobs_are_listed_and_removed(client: FlaskClient) -> None:
    ids = [upload(client, {"a": prose(place)}, collection="listed") for place in ("Ayr", "Bude", "Crewe")]
    for job_id in ids:
        over(client, job_id)
    page = client.get("/v1/jobs?collection=listed&state=done&limit=2").get_json()
    assert [job["job_id"] for job in page["jobs"]] == [ids[2], ids[1]]
    assert (page["total"], page["next_after"], "files" in page["jobs"][0]) == (3, ids[1], False)
    last = client.get(f"/v1/jobs?collection=listed&state=done&limit=2&after={ids[1]}").get_json()
    assert ([job["job_id"] for job in last["jobs"]], last["next_after"]) == ([ids[0]], None)
    removed = client.delete(f"/v1/jobs/{ids[0]}").get_json()
    assert (removed["outcome"], removed["state"]) == ("removed", "done")
    assert removed["message"].endswith("Its articles stay.")
    assert client.get(f"/v1/jobs/{ids[0]}").status_code == 404
    assert client.delete(f"/v1/jobs/{ids[0]}").status_code == 404
    assert len(articles(client, "listed")) == 1  # the second and the third replaced it
    assert client.get("/v1/jobs?collection=listed").get_json()["total"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "param"),
    [
        ("GET", "/v1/jobs?state=over", None, 422, "state"),
        ("GET", "/v1/jobs?limit=0", None, 422, "limit"),
        ("GET", "/v1/jobs?after=gone", None, 422, "after"),
        ("GET", "/v1/jobs?colection=a", None, 422, "colection"),
        ("POST", "/v1/jobs/gone/retry", None, 404, "job_id"),
        ("POST", "/v1/jobs/gone/retry", {"al": True}, 422, "al"),
        ("POST", "/v1/jobs/gone/retry", {"all": "yes"}, 422, "all"),
        ("DELETE", "/v1/jobs/../../etc", None, 404, None),
        ("DELETE", "/v1/jobs", None, 405, None),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: FlaskClient, method: str, path: str, body: Any, status: int, param: str | None
) -> None:
    response = client.open(path, method=method, json=body)
    assert (response.status_code, response.get_json()["error"]["param"]) == (status, param)
