"""Collections, articles, uploads and jobs over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_fixtures import ARTICLE, StandInService

from qa_service.records import ArticleDraft, ArticleMeta
from qa_service.web import create_app


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


def test_collections_are_listed(client: FlaskClient) -> None:
    assert client.get("/v1/collections").get_json() == {
        "collections": [
            {
                "name": "default",
                "generation": 3,
                "fingerprint": "f1",
                "exact": True,
                "articles": 1,
                "passages": 1,
                "outlets": ["AFP"],
                "languages": ["en"],
                "first_date": "2024-02-29",
                "last_date": "2024-02-29",
                "chunking": "sentences",
                "unread_languages": [],
                "tags": ["budget", "Écho"],
                "completeness": {
                    "title": 4,
                    "outlet": 5,
                    "author": 0,
                    "published": 3,
                    "updated": 1,
                    "language": 5,
                    "url": 0,
                    "tags": 2,
                },
                "runtime": "openvino 2026.4.1 bf16",
            }
        ],
        "reranker": None,
    }


@pytest.mark.parametrize("path", ["news/2024/quokka.txt", "news%2F2024%2Fquokka.txt"])
def test_an_article_is_read_by_an_id_with_slashes(client: FlaskClient, path: str) -> None:
    body = client.get(f"/v1/articles/{path}?collection=default").get_json()
    assert body == {
        "article_id": "news/2024/quokka.txt",
        "label": "Quokka weights",
        "title": "Quokka weights",
        "outlet": "AFP",
        "author": None,
        "published": "2024-02-29",
        "updated": None,
        "language": "en",
        "tags": [],
        "url": None,
        "source": "quokka.txt",
        "source_sha256": "ab" * 32,
        "article_sha256": ARTICLE.sha256,
        "characters": len(ARTICLE.text),
        "text": ARTICLE.text,
        "pages": [],
    }


@pytest.mark.parametrize("article_id", ["/", "//a//b/", "a/../b", ".", "a b", "a?b#c%d", "é/🙂", "a\nb"])
def test_any_id_survives_the_path(client: FlaskClient, service: StandInService, article_id: str) -> None:
    from urllib.parse import quote

    service.stored[article_id] = ARTICLE
    assert client.get(f"/v1/articles/{quote(article_id, safe='')}").status_code == 200
    assert client.delete(f"/v1/articles/{quote(article_id, safe='')}").get_json() == {
        "article_id": article_id,
        "generation": 5,
    }


@pytest.mark.parametrize("path", ["none-such", "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%00", "%ff"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_article_is_404_in_the_one_shape(client: FlaskClient, path: str, method: str) -> None:
    response = client.open(f"/v1/articles/{path}", method=method)
    assert (response.status_code, response.get_json()["error"]["type"]) == (404, "article_not_found")


def test_other_collections_are_asked_for_by_query(client: FlaskClient) -> None:
    for path in ("/v1/articles", "/v1/articles/news/2024/quokka.txt"):
        response = client.get(f"{path}?collection=none-such")
        assert (response.status_code, response.get_json()["error"]["type"]) == (404, "collection_not_found")
    assert client.get("/v1/collections?collection=default").status_code == 422


def test_articles_are_listed_in_pages(client: FlaskClient, service: StandInService) -> None:
    service.stored = {name: ARTICLE for name in ("a", "b", "c")}
    first = client.get("/v1/articles?limit=2").get_json()
    assert (len(first["articles"]), first["total"], first["next_after"]) == (2, 3, "b")
    assert "text" not in first["articles"][0]
    assert first["articles"][0]["passages"] == 1
    last = client.get("/v1/articles?limit=2&after=b").get_json()
    assert (len(last["articles"]), last["total"], last["next_after"]) == (1, 3, None)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "limit=", "offset=3", "after="])
def test_listing_refuses_what_it_does_not_know(client: FlaskClient, query: str) -> None:
    response = client.get(f"/v1/articles?{query}")
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, query.split("=")[0])


def test_an_article_is_added_whole(client: FlaskClient, service: StandInService) -> None:
    body = {
        "text": "One. Two.",
        "article_id": "x/1",
        "title": "T",
        "outlet": "O",
        "author": "A",
        "published": "2024-02-29",
        "updated": "2024-03-01",
        "language": "EN",
        "tags": ["budget", " Écho", "budget", "Budget"],
        "url": "https://example.org/a?b=c#d",
        "collection": "other",
    }
    response = client.post("/v1/articles", json=body)
    assert response.status_code == 201
    assert response.get_json() == {"articles": [{"article_id": "x/1", "passages": 7}], "generation": 4}
    assert response.headers["Location"] == "/v1/articles/x%2F1"
    draft = ArticleDraft(
        "One. Two.",
        "x/1",
        ArticleMeta(
            title="T",
            outlet="O",
            author="A",
            published=date(2024, 2, 29),
            language="en",
            url="https://example.org/a?b=c#d",
            updated=date(2024, 3, 1),
            tags=("Budget", "budget", "Écho"),
        ),
    )
    assert service.drafts == [(draft, "other")]
    assert client.post("/v1/articles", json=body).status_code == 200


def test_only_the_text_is_required_and_empty_means_unknown(client: FlaskClient, service: StandInService) -> None:
    client.post("/v1/articles", json={"text": "One."})
    names = ("title", "outlet", "author", "published", "updated", "language", "url")
    unknown: dict[str, Any] = {name: "" for name in names}
    client.post("/v1/articles", json={"text": "One.", **unknown, "tags": []})
    assert service.drafts == [(ArticleDraft("One."), "default")] * 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"title": "x"}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": 7}, "text"),
        ({"text": "a", "title": 7}, "title"),
        ({"text": "a", "published": "soon"}, "published"),
        ({"text": "a", "published": "2024-02-29T12:00:00"}, "published"),
        ({"text": "a", "language": "eng"}, "language"),
        ({"text": "a", "url": "javascript:alert(1)"}, "url"),
        ({"text": "a", "url": "//example.org"}, "url"),
        ({"text": "a", "url": "https://"}, "url"),
        ({"text": "a", "url": "https://a b"}, "url"),
        ({"text": "a", "url": "https://[::1"}, "url"),
        ({"text": "a", "url": " https://example.org"}, "url"),
        ({"text": "a", "updated": "soon"}, "updated"),
        ({"text": "a", "tags": "budget"}, "tags"),
        ({"text": "a", "tags": ["a", " "]}, "tags.1"),
        ({"text": "a", "tags": ["a\nb"]}, "tags.0"),
        ({"text": "a", "tags": ["a" * 101]}, "tags.0"),
        ({"text": "a", "tags": [str(n) for n in range(51)]}, "tags"),
        ({"text": "a", "article_id": ""}, "article_id"),
        ({"text": "a", "article_id": "a\nb"}, "article_id"),
        ({"text": "a", "article_id": "a" * 513}, "article_id"),
        ({"text": "a", "source": "x"}, "source"),
    ],
)
def test_a_refused_field_is_named(client: FlaskClient, service: StandInService, body: Any, param: str) -> None:
    response = client.post("/v1/articles", json=body)
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, param)
    assert service.drafts == []


def test_lone_surrogates_in_a_text_are_refused(client: FlaskClient) -> None:
    response = client.post("/v1/articles", data=rb'{"text": "a \udfff b"}', content_type="application/json")
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, "text")
