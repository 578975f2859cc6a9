"""The field `evidence`: places that answer, as source and text or as code points of an article."""

from __future__ import annotations

from typing import Any

from qa_service.evaluation.sets.evaluation_question import GoldSpan
from qa_service.evaluation.sets.question_fields import as_id, as_text, refuse_unknown
from qa_service.evaluation.sets.set_lines import Place

__all__ = ["as_spans"]

_SPANS = (("source", "text"), ("article_id", "start", "end"))


def as_spans(value: object, place: Place, field: str = "evidence") -> tuple[GoldSpan, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.wrong(field, f"must be a list of objects (got {value!r:.80})")
    return tuple(_span(item, place, f"{field}[{at}]") for at, item in enumerate(value))


def _span(value: Any, place: Place, field: str) -> GoldSpan:
    if not isinstance(value, dict):
        raise place.wrong(field, f"must be an object (got {value!r:.80})")
    refuse_unknown(value, [name for names in _SPANS for name in names], place, field)
    if sorted(value) == ["source", "text"]:
        source, text = (as_text(value[name], place, f"{field}.{name}") for name in _SPANS[0])
        return GoldSpan(source=source, text=text)
    if sorted(value) != ["article_id", "end", "start"]:
        what = f"must have source and text, or article_id, start and end (got {', '.join(sorted(value)) or 'nothing'})"
        raise place.wrong(field, what)
    for name in ("start", "end"):
        number = value[name]
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise place.wrong(f"{field}.{name}", f"must be a whole number from 0 on (got {number!r:.80})")
    if value["end"] <= value["start"]:
        raise place.wrong(f"{field}.end", f"{value['end']} is not after start, {value['start']}; the end is exclusive")
    return GoldSpan(
        article_id=as_id(value["article_id"], place, f"{field}.article_id"), start=value["start"], end=value["end"]
    )
