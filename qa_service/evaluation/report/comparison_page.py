"""comparison.html: differences of runs from the first run, their significance, and the changed questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa_service.evaluation.report import bars
from qa_service.evaluation.report.assets import EmbeddedJson, embedded, render
from qa_service.evaluation.report.facts import in_json
from qa_service.evaluation.report.measure_words import NONE, meaning, number, percent, relevance_meaning

__all__ = ["MOST_FLIPS", "write_comparison"]

SCRIPTS = ("text.js", "table.js", "passage.js", "comparison.js")
MOST_FLIPS = 10_000
FLIPS_A_BLOCK = 100
MISSING: dict[str, Any] = {"p": None, "p_holm": None, "significant": False, "effect": None}
"""Values of a row without a test."""
NO_GOLD: Mapping[str, Any] = {"articles": {}, "passages": {}, "evidence": [], "answers": []}


def write_comparison(comparison: dict[str, Any], path: Path) -> Path:
    """Write the page of a comparison to `path`. The same comparison gives the same bytes.

    Args:
        comparison: the result of `Comparison.as_dict()`, or the content of comparison.json.
    """
    runs = comparison["runs"]
    flips, by = comparison["flips"][:MOST_FLIPS], comparison.get("relevance")
    return render(
        path,
        "comparison.html",
        SCRIPTS,
        _blocks(runs, flips),
        comparison=comparison,
        runs=[{"overrides": None} | run for run in runs],
        baseline=runs[0],
        unanswerable=comparison.get("unanswerable", 0),
        others=[_against(run, comparison) for run in runs[1:]],
        relevance="" if by == "evidence" else relevance_meaning(by, None),
        left_out=len(comparison["flips"]) - len(flips) + comparison.get("flips_left_out", 0),
        notes=comparison.get("notes") or [],
        tested=sum(row.get("p_holm") is not None for row in comparison["differences"]),
        untested=sum(row.get("p_holm") is None for row in comparison["differences"]),
        bars=bars,
        meaning=meaning,
        in_json=in_json,
        number=number,
        percent=percent,
        signed=signed,
        p_value=p_value,
    )


def signed(value: float, digits: int = 3) -> str:
    """A difference with its sign; zero after rounding has no sign."""
    text = number(float(value), digits)
    if float(f"{value:.{digits}f}") == 0:
        return text.lstrip("\N{MINUS SIGN}")
    return text if value < 0 else f"+{text}"


def p_value(p: float | None) -> str:
    """p with three decimals; `<0.001` below that; a dash for None."""
    if p is None:
        return NONE
    return "<\N{NARROW NO-BREAK SPACE}0.001" if p < 0.001 else number(float(p))


def _against(run: Mapping[str, Any], comparison: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of a run, with both means and the scale of the bar. Shares have a common scale, others their own."""
    means, rows = comparison["means"], [row for row in comparison["differences"] if row["run"] == run["label"]]

    def reach(row: Mapping[str, Any]) -> float:
        return float(max(abs(row["low"]), abs(row["high"]), abs(row["difference"]), 0.01))

    def both(row: Mapping[str, Any]) -> tuple[float, float]:
        name = row["measure"]
        return means[comparison["baseline"]][name]["mean"], means[run["label"]][name]["mean"]

    shared = max((reach(row) for row in rows if max(both(row)) <= 1), default=1.0)
    drawn = []
    for row in rows:
        before, now = both(row)
        span = shared if max(before, now) <= 1 else reach(row)
        shown = {"mean_baseline": before, "mean_other": now, "span": span}
        drawn.append(MISSING | dict(row) | shown | _verdict(row["measure"], row["difference"]))
    overlap = (comparison.get("overlap") or {}).get(run["label"])
    known = {"label": run["label"], "name": run["name"], "changes": run.get("changes") or []}
    return known | {"rows": drawn, "overlap": overlap}


def _verdict(measure: str, difference: float) -> dict[str, str]:
    """The label of a significant difference. More outlets or more judged results are not better in themselves."""
    if measure.startswith(("distinct_", "Judged")):
        return {"badge": "", "verdict": "more" if difference > 0 else "fewer"}
    return {"badge": "good", "verdict": "better"} if difference > 0 else {"badge": "poor", "verdict": "worse"}


def _blocks(runs: Sequence[Mapping[str, Any]], flips: Sequence[Mapping[str, Any]]) -> Iterator[EmbeddedJson]:
    head = {"runs": [{"label": run["label"], "name": run["name"]} for run in runs], "flipsABlock": FLIPS_A_BLOCK}
    yield embedded("flips", head | {"flips": [_row(flip) for flip in flips]})
    for first in range(0, len(flips), FLIPS_A_BLOCK):
        details = [_detail(flip) for flip in flips[first : first + FLIPS_A_BLOCK]]
        yield embedded(f"flips-{first // FLIPS_A_BLOCK}", details)


def _row(flip: Mapping[str, Any]) -> list[Any]:
    answers = (flip["gold"] or NO_GOLD)["answers"]
    known = [flip[name] for name in ("run", "id", "question", "kind", "change", "baseline_rank", "rank", "tags")]
    return [*known, _shown(flip["baseline"]), _shown(flip["other"]), answers, flip.get("decision")]


def _shown(side: Mapping[str, Any]) -> str | None:
    """The text of a cell: the answer, `(declined)`, or the title of the first passage."""
    if side["answer"] is not None:
        return str(side["answer"])
    if side["declined"]:
        return "(declined)"
    passage = side["passage"] or {}
    first = passage.get("title") or passage.get("text") or passage.get("passage_id") or passage.get("article_id")
    return None if first is None else str(first)


def _detail(flip: Mapping[str, Any]) -> dict[str, Any]:
    gold = dict(NO_GOLD) | dict(flip["gold"] or {})
    gold["evidence"] = [[span["article_id"], span["start"], span["end"]] for span in gold["evidence"]]
    return {"gold": gold, "baseline": flip["baseline"], "other": flip["other"]}
