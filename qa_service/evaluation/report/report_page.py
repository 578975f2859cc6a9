"""report.html: the figures of an evaluation, its facts, and its questions, the misses first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa_service.evaluation.grade.bootstrap import tells
from qa_service.evaluation.report import bars, plots
from qa_service.evaluation.report.assets import EmbeddedJson, embedded, render
from qa_service.evaluation.report.blocks import Packing
from qa_service.evaluation.report.facts import facts_of, settings_of
from qa_service.evaluation.report.measure_words import (
    INTERVAL,
    NO_INTERVAL,
    NONE,
    answer_figures,
    declining_figures,
    in_order,
    meaning,
    number,
    percent,
    primary_of,
    relevance_meaning,
)
from qa_service.evaluation.report.result_folder import OUTCOMES, order_questions, read_json, read_times

__all__ = ["write_report"]

SCRIPTS = ("text.js", "table.js", "passage.js", "report.js")


def write_report(out: Path) -> Path:
    """Write `report.html` into the output folder of `evaluate`.

    The same files give the same bytes. Memory does not grow with the texts, which are read block by block.

    Raises:
        InvalidInput: summary.json, manifest.json, per_question.jsonl or passages.jsonl is missing or malformed.
    """
    summary, manifest = read_json(out / "summary.json"), read_json(out / "manifest.json")
    declining, answers = summary.get("declining") or {}, summary.get("answers") or {}
    measures = in_order(summary["measures"])
    primary = primary_of(measures)
    places = order_questions(out / "per_question.jsonl", primary)
    packing = Packing(out, places, measures)
    took = plots.bins_of(read_times(out / "timings.csv"))
    outcomes = Counter(OUTCOMES[place.outcome] for place in places)
    return render(
        out / "report.html",
        "report.html",
        SCRIPTS,
        _blocks(packing, summary),
        summary=summary,
        notes=summary.get("notes") or [],
        facts=[fact for fact in facts_of(summary, manifest) if fact[1]],
        settings=settings_of(manifest),
        versions=sorted((manifest.get("versions") or {}).items()),
        relevance=relevance_meaning(summary.get("relevance"), summary.get("overlap")),
        cards=list(_cards(summary, primary, outcomes)),
        measures=[(name, meaning(name), summary["measures"][name]) for name in measures],
        primary=primary,
        slices=_slices(summary, primary),
        declining=declining,
        known=list(declining_figures(declining)),
        here=_here(declining),
        answers=answers,
        answer_facts=list(answer_figures(answers)),
        times=summary.get("times") or {},
        took=took,
        marks=_marks(summary.get("times") or {}),
        outcomes=outcomes,
        packing=packing,
        bars=bars,
        plots=plots,
        interval=INTERVAL,
        no_interval=NO_INTERVAL,
        tells=tells,
        number=number,
        percent=percent,
    )


def _blocks(packing: Packing, summary: Mapping[str, Any]) -> Iterator[EmbeddedJson]:
    """Yield the blocks of the packing, then a block with its counts."""
    yield from packing.blocks()
    about = {"leftOut": packing.left_out, "withoutText": packing.without_text, "relevance": summary.get("relevance")}
    yield embedded("about", about | {"topK": summary.get("top_k"), "primary": primary_of(packing.measures)})


def _cards(summary: Mapping[str, Any], primary: str | None, outcomes: Counter[str]) -> Iterator[dict[str, str]]:
    """Yield the cards at the top: name, value, line below, meaning."""
    chosen = [name for name in (primary, "Success@1", "Success@5", "answer_recall") if name in summary["measures"]]
    for name in dict.fromkeys(filter(None, chosen)):
        m = summary["measures"][name]
        told = tells(m.get("n"), m.get("low"), m.get("high"))
        below = f"95 % interval {number(m['low'])} to {number(m['high'])}" if told else f"{NONE} no interval"
        yield _card(name, number(m["mean"]), below, meaning(name))
    if with_gold := summary.get("with_gold"):
        below = f"{percent(outcomes['missed'] / with_gold)} of {number(with_gold)} with gold"
        yield _card("Missed", number(outcomes["missed"]), below, "nothing relevant returned")
    answers = summary.get("answers") or {}
    if answers.get("precision") is not None:
        below = f"of {number(answers['judged'])} given"
        yield _card("Answered rightly", percent(answers["precision"]), below, "the answer holds or quotes the gold")
    declining = summary.get("declining") or {}
    for kind, name, what in (
        ("unanswerable", "Declined rightly", "said that it cannot answer"),
        ("answerable", "Declined wrongly", "declined although there is an answer"),
    ):
        if declining.get(kind):
            below = f"of {number(declining[kind])} {kind}"
            yield _card(name, percent(declining[f"declined_{kind}"]), below, what)
    citations = summary.get("citations") or {}
    if citations.get("checked"):
        below = f"{number(citations['valid'])} of {number(citations['checked'])} checked"
        kind = "" if citations["valid"] == citations["checked"] else "broken"
        yield _card("Citations valid", percent(citations["share"], 2), below, "must be 100 %", kind)


def _card(name: str, value: str, below: str, what: str, kind: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "below": below, "what": what, "kind": kind}


def _slices(summary: Mapping[str, Any], primary: str | None) -> list[dict[str, Any]]:
    """The primary measure with its interval by question type, tag and language, the largest slices first."""
    groups: list[dict[str, Any]] = []
    for kind, title in (("type", "question type"), ("tag", "tag"), ("language", "language")):
        rows: list[dict[str, Any]] = []
        for name, values in ((summary.get("slices") or {}).get(kind) or {}).items():
            if not values["n"]:
                continue
            low, high = ((values.get(end) or {}).get(primary) for end in ("low", "high"))
            rows.append({"name": name, "n": values["n"], "mean": values.get(primary), "low": low, "high": high})
        if len(rows) > 1 or (rows and kind == "tag"):
            rows.sort(key=lambda row: (-int(row["n"]), str(row["name"])))
            groups.append({"title": title, "rows": rows})
    return groups


def _here(declining: Mapping[str, Any]) -> tuple[float, float] | None:
    """Coverage and risk at the threshold."""
    coverage, precision = declining.get("coverage_at_threshold"), declining.get("precision_at_threshold")
    return None if coverage is None or precision is None else (coverage, 1 - precision)


def _marks(times: Mapping[str, Any]) -> dict[str, float]:
    known = {name: times[f"{name}_ms"] for name in ("p50", "p95", "p99") if times.get(f"{name}_ms") is not None}
    return {f"{name} {number(value, 1)} ms": value for name, value in known.items()}
