"""Writes an answer as the dict whose JSON is the response. `options/answer_json.py` has the schema of the same fields.

The functions name each field, because pydantic takes six times as long to read the records. Dates become text, and
NumPy's numbers become Python's, so that any JSON writer accepts the dict.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from qa_service.options.links import passage_address
from qa_service.records import (
    Answer,
    AnswerSpan,
    Citation,
    Declined,
    Disagreement,
    Evidence,
    Interpretation,
    Match,
    Passage,
    Perspective,
    QuestionPart,
    RankedPassage,
    Statement,
)

__all__ = ["answer_body", "declined_body", "interpretation_body", "passage_body", "perspective_body"]

Body = dict[str, Any]


def answer_body(a: Answer, *, base: str, request_id: str, took_ms: float) -> Body:
    """The response to a question: the fields of `AskResponse`, in their order. `base` is the address of the page."""
    body: Body = {
        "question": a.question,
        "answerable": a.answerable,
        "confidence": float(a.confidence),
        "answer": a.answer
        and {
            "text": a.answer.text,
            "annotations": [
                {"start_index": note.start, "end_index": note.end, "citation": note.citation}
                for note in a.answer.annotations
            ],
            "span": _span(a.answer.span),
            "note": a.answer.note,
        },
        "passages": [passage_body(passage, a, base) for passage in a.passages],
        "perspectives": [perspective_body(found) for found in a.perspectives],
        "disagreements": [_disagreement(found) for found in a.disagreements],
        "interpretation": interpretation_body(a.interpretation),
    }
    if a.declined is not None:
        body["declined"] = declined_body(a.declined)
    info = a.collection
    body["collection"] = {
        "name": info.name,
        "generation": info.generation,
        "fingerprint": info.fingerprint,
        "exact": info.exact,
    }
    body["request_id"] = request_id
    body["took_ms"] = float(took_ms)
    return body


def _span(span: AnswerSpan | None) -> Body | None:
    if span is None:
        return None
    return {
        "start_char_index": span.start,
        "end_char_index": span.end,
        "text": span.text,
        "citation": span.citation,
    }


def passage_body(p: RankedPassage, a: Answer, base: str) -> Body:
    """A passage of the answer `a`. `base` is the address of the page."""
    passage = p.passage
    body: Body = {
        "rank": p.rank,
        "passage_id": passage.passage_id,
        "score": float(p.score),
        "scores": {
            "dense": None if p.dense is None else float(p.dense),
            "lexical": None if p.lexical is None else float(p.lexical),
        },
        "text": passage.text,
        "token_count": passage.token_count,
        "evidence": [_passage_evidence(sentence, passage, p.citation) for sentence in p.evidence],
        "citation": _citation(p.citation),
        "page_url": passage_address(base, p, a.collection.name, a),
        "also_in": [_citation(copy) for copy in p.also_in],
    }
    if p.matches is not None:
        body["matches"] = [_match(match) for match in p.matches]
    return body


def interpretation_body(i: Interpretation) -> Body:
    return {
        "sources": [
            {
                "start_index": named.start,
                "end_index": named.end,
                "outlets": list(named.outlets),
                "authors": list(named.authors),
            }
            for named in i.sources
        ],
        "dates": [
            {
                "start_index": named.start,
                "end_index": named.end,
                "published_from": _day(named.first),
                "published_to": _day(named.last),
            }
            for named in i.dates
        ],
        "abbreviation": i.abbreviation,
        "searched": i.searched,
        "parts": [_part(part) for part in i.parts],
    }


def declined_body(d: Declined) -> Body:
    return {"reason": d.reason, "message": d.message}


def _citation(c: Citation) -> Body:
    meta = c.meta
    return {
        "number": c.number,
        "article_id": c.article_id,
        "label": c.label,
        "title": meta.title,
        "outlet": meta.outlet,
        "author": meta.author,
        "published": _day(meta.published),
        "updated": _day(meta.updated),
        "language": meta.language,
        "tags": list(meta.tags),
        "url": meta.url,
        "source": meta.source,
        "start_char_index": c.start,
        "end_char_index": c.end,
        "page": c.page,
        "article_sha256": c.article_sha256,
        "source_sha256": meta.source_sha256,
    }


def _evidence(e: Evidence) -> Body:
    return {"start_char_index": e.start, "end_char_index": e.end, "text": e.text}


def _passage_evidence(e: Evidence, passage: Passage, citation: Citation) -> Body:
    before = max((start for start, end in passage.sentences if end <= e.start), default=e.start)
    following = (
        (end, heading)
        for (start, end), heading in zip(passage.sentences, passage.headings, strict=False)
        if start >= e.end
    )
    after, heading = next(following, (e.end, False))
    around = [before, e.end if heading else after]  # a heading begins another section
    return {**_evidence(e), "around": around, "page": citation.page_of(e.start)}


def _match(m: Match) -> Body:
    return {
        "start_char_index": m.start,
        "end_char_index": m.end,
        "question_start": m.question_start,
        "question_end": m.question_end,
        "similarity": float(m.similarity),
        "part": m.part,
    }


def _part(p: QuestionPart) -> Body:
    return {
        "start_index": p.start,
        "end_index": p.end,
        "text": p.text,
        "confidence": float(p.confidence),
        "answerable": p.answerable,
        "shown": p.shown,
        "name": p.name,
        "rest": p.rest,
    }


def perspective_body(p: Perspective) -> Body:
    return {
        "outlet": p.outlet,
        "article_id": p.article_id,
        "citation": p.citation,
        "evidence": _evidence(p.evidence),
    }


def _disagreement(d: Disagreement) -> Body:
    return {"kind": d.kind, "a": _statement(d.a), "b": _statement(d.b)}


def _statement(s: Statement) -> Body:
    return {
        "outlet": s.outlet,
        "article_id": s.article_id,
        "citation": s.citation,
        "start_char_index": s.start,
        "end_char_index": s.end,
        "text": s.text,
        "sentence": _evidence(s.sentence),
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
