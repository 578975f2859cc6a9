"""An answer over HTTP against its schema: the same bytes that the schema's class writes, whatever the answer holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import is_dataclass, replace
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from web_fixtures import StandInService

from qa_service.options.answer_body import answer_body
from qa_service.options.answer_json import AskResponse
from qa_service.records import Answer, ArticleMeta, Declined, Disagreement, Evidence, Passage, Question, RankedPassage
from qa_service.web import create_app

CHOICES = {(Disagreement, "kind"): ["contradiction", "date"], (Declined, "reason"): ["filters", "language"]}
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(0, 2**53),
    bool: st.booleans(),
    str: st.text(max_size=20),
    date: st.dates(),
    type(None): st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a record's field, or whole records."""
    if hint in PLAIN:
        return PLAIN[hint]
    if is_dataclass(hint):
        chosen = {name: st.sampled_from(few) for (kind, name), few in CHOICES.items() if kind is hint}
        given_fields = {name: values(inner) for name, inner in get_type_hints(hint).items() if name not in chosen}
        return st.builds(hint, **given_fields, **chosen)  # type: ignore[arg-type]
    inner = [values(one) for one in get_args(hint) if one is not ...]
    if get_origin(hint) is not tuple:
        return st.one_of(inner)
    return st.lists(inner[0], max_size=3).map(tuple) if ... in get_args(hint) else st.tuples(*inner)


ODD = '\x00\x1f\x7f"\\/\b\f\n\r\t\u2028\u2029\ue000\uffff é — 🙂 </script>'


class Prepared(StandInService):
    """Gives the answer that a test has prepared."""

    prepared: Answer

    def ask(self, question: Question) -> Answer:
        return self.prepared


@pytest.fixture(scope="module")
def service() -> Prepared:
    return Prepared()


@pytest.fixture(scope="module")
def client(service: Prepared) -> FlaskClient:
    return create_app(service).test_client()  # type: ignore[arg-type]


def sent(service: Prepared, client: FlaskClient, answer: Answer) -> bytes:
    service.prepared = answer
    response = client.post("/v1/ask", json={"question": "Who?"})
    assert response.status_code == 200
    return response.data


def with_score(score: float) -> Answer:
    answer = StandInService().ask(Question("quokka"))
    (passage,) = answer.passages
    return replace(answer, confidence=score, passages=(replace(passage, score=score, dense=score, lexical=None),))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answer=values(Answer))
@example(answer=replace(StandInService().ask(Question("quokka", matches=True)), question=ODD))
@example(answer=with_score(-0.0))
@example(answer=with_score(1e-5))
@example(answer=with_score(1e16))
@example(answer=with_score(123456789012345680.0))
@example(answer=with_score(5e-324))
@example(answer=with_score(1))
def test_the_bytes_are_those_of_the_schemas_class(service: Prepared, client: FlaskClient, answer: Answer) -> None:
    written = sent(service, client, answer)
    assert AskResponse.model_validate_json(written).model_dump_json().encode() == written


def test_numpys_floats_are_numbers(service: Prepared, client: FlaskClient) -> None:
    score: Any = np.float32(0.5)
    written = sent(service, client, with_score(score))
    assert b'"score":0.5,"scores":{"dense":0.5,"lexical":null}' in written
    assert b'"confidence":0.5,' in written


def test_each_field_of_a_citation_is_the_articles(service: Prepared, client: FlaskClient) -> None:
    answer = StandInService().ask(Question("quokka"))
    meta = ArticleMeta("title", "outlet", "author", date(2025, 1, 2), "en", "https://x.org/", "source", "digest")
    meta = replace(meta, updated=date(2025, 1, 3), tags=("a", "b"))
    (passage,) = answer.passages
    citation = replace(passage.citation, number=7, meta=meta, page=9, later_pages=((20, 10), (30, 11)))
    changed: RankedPassage = replace(passage, citation=citation, also_in=(citation,))
    service.prepared = replace(answer, passages=(changed,))
    (shown,) = client.post("/v1/ask", json={"question": "Who?"}).get_json()["passages"]
    assert shown["citation"] == {
        "number": 7,
        "article_id": "news/2024/quokka.txt",
        "label": "title",
        "title": "title",
        "outlet": "outlet",
        "author": "author",
        "published": "2025-01-02",
        "updated": "2025-01-03",
        "language": "en",
        "tags": ["a", "b"],
        "url": "https://x.org/",
        "source": "source",
        "start_char_index": 2,
        "end_char_index": 81,
        "page": 9,
        "article_sha256": citation.article_sha256,
        "source_sha256": "digest",
    }
    assert shown["also_in"] == [shown["citation"]]
    assert [one["page"] for one in shown["evidence"]] == [10]  # it begins at character 23
    assert changed.pages == "pp. 10-11"
    assert replace(changed, evidence=()).pages == "pp. 9-11"


def test_clients_that_ask_for_the_document_at_once_get_the_same(client: FlaskClient) -> None:
    app = create_app(StandInService())  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        documents = set(pool.map(lambda _: app.test_client().get("/openapi.json").data, range(4)))
    assert documents == {client.get("/openapi.json").data}


def test_evidence_comes_with_a_sentence_on_each_side() -> None:
    text = "A dog barks. A cat sleeps. A cow eats.\n\nBirds\n\nA hen sings. A duck swims."
    sentences = ((10, 22), (23, 36), (37, 48), (50, 55), (57, 69), (70, 83))
    passage = Passage("p", "a", 10, 83, text, 20, sentences, (False, False, False, True, False, False))
    told = StandInService().ask(Question("What does a quokka weigh?"))

    def around(*spans: tuple[int, int]) -> list[list[int]]:
        evidence = tuple(Evidence(start, end, text[start - 10 : end - 10]) for start, end in spans)
        ranked = replace(told.passages[0], passage=passage, evidence=evidence)
        body = answer_body(replace(told, passages=(ranked,)), base="", request_id="r", took_ms=1.0)
        return [one["around"] for one in body["passages"][0]["evidence"]]

    assert around((23, 36), (70, 83)) == [[10, 48], [57, 83]]
    assert around((10, 22)) == [[10, 36]]
    assert around((10, 36)) == [[10, 48]]  # a quotation of two sentences
    assert around((37, 48)) == [[23, 48]]  # a heading begins another section
    assert around((57, 69)) == [[50, 83]]
