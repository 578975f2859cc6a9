"""The scores of the stages as Markdown, and the gain of each stage over the stage before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.retrieval_stages import BM25, DENSE, NAMED, STAGES, StageScores
from benchmarks.shared import markdown
from qa_service.evaluation.compare.significance import holm, paired_difference
from qa_service.settings import Settings

MEASURE = "nDCG@10"
NONE = "-"

Row = Mapping[str, Any]


def steps_of(figures: StageScores, *, with_named: bool) -> list[dict[str, Any]]:
    """The difference of nDCG@10 between each stage and the stage before, paired by question.

    The convex combination is compared with the better of its two parts. The last row compares the last stage with the
    better of BM25 and dense. p comes from a randomisation test, with Holm's correction over all rows.
    """
    stages = STAGES if with_named else STAGES[: STAGES.index(NAMED)]
    better = max((BM25, DENSE), key=lambda stage: float(np.mean(figures[stage][MEASURE])))
    before = dict(zip(stages[1:], stages, strict=False)) | {"convex": better}
    pairs = [(stage, before[stage]) for stage in stages[1:]] + [(stages[-1], better)]
    found = [paired_difference(figures[against][MEASURE], figures[stage][MEASURE]) for stage, against in pairs]
    return [
        {
            "stage": stage,
            "against": against,
            **{name: round(getattr(one, name), 6) for name in ("difference", "low", "high", "p")},
            "p_holm": round(corrected, 6),
            "won": one.wins,
            "lost": one.losses,
            "tied": one.ties,
        }
        for (stage, against), one, corrected in zip(pairs, found, holm([one.p for one in found]), strict=True)
    ]


def tables(rows: Sequence[Row]) -> str:
    parts = ["### nDCG@10 of every stage", _stages(rows), "### What each stage adds", _steps(rows)]
    if any(row["published"] for row in rows):
        parts += ["### Beside published figures", _published(rows)]
    parts += ["### What was asked of what", _sets(rows), _models(rows)]
    return "\n\n".join(parts) + "\n"


def _stages(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        stages = row["stages"]
        means = {stage: figure[MEASURE]["mean"] for stage, figure in stages.items()}
        # rounded as printed, so that equal figures are both bold
        best = max(round(mean, 3) for mean in means.values())
        cells = [
            _interval(stages[stage][MEASURE], strong=round(means[stage], 3) == best) if stage in stages else NONE
            for stage in STAGES
        ]
        lines.append((_code(row["set"]), row["questions"], *cells))
    return "\n".join(markdown(("set", "questions", *STAGES), lines))


def _steps(rows: Sequence[Row]) -> str:
    head = ("set", "dense on BM25", "convex on the better", *STAGES[3:], "all on the better of BM25 and dense")
    lines = []
    for row in rows:
        *steps, whole = row["steps"]
        by_stage = {step["stage"]: step for step in steps}
        cells = [_difference(by_stage.get(stage)) for stage in STAGES[1:]]
        lines.append((_code(row["set"]), *cells, _difference(whole, whole["against"])))
    return "\n".join(markdown(head, lines))


def _published(rows: Sequence[Row]) -> str:
    head = ("set", "stage", "published", "ours", "difference", "wanted within", "where it is published")
    lines = []
    for row in rows:
        for stage, figure in row["published"].items():
            ours = row["stages"][stage][MEASURE]["mean"]
            difference = round(ours, 3) - figure["value"]
            kept = "" if abs(difference) <= figure["within"] + 1e-9 else " (**missed**)"
            value, within = _number(figure["value"]), _number(figure["within"])
            ours_beside = (value, _number(ours), _signed(difference) + kept)
            lines.append((_code(row["set"]), stage, *ours_beside, within, figure["source"]))
    return "\n".join(markdown(head, lines))


def _sets(rows: Sequence[Row]) -> str:
    head = ("set", "articles", "passages", "questions asked", "of them name a source, date or abbreviation", "")
    lines = []
    for row in rows:
        asked = f"{row['questions']}"
        if row["questions"] < row["questions_judged"]:
            asked += f", sampled from {row['questions_judged']}"
        notes = [row["note"]] if row["note"] else []
        if row["articles_cut_short"]:
            notes.append(f"{row['articles_cut_short']} articles are longer than that")
        cells = (row["articles"], row["passages"], asked, row["questions_naming"], "; ".join(notes))
        lines.append((_code(row["set"]), *cells))
    return "\n".join(markdown(head, lines))


def _models(rows: Sequence[Row]) -> str:
    """The models, and the settings that differ from the defaults."""
    models = sorted({f"`{row['model']}`" for row in rows})
    fields = Settings.model_fields
    changed = sorted(
        f"`{name} = {value}` on {_code(row['set'])}"
        for row in rows
        for name, value in row["settings"].items()
        if name != "chunking" and value != fields[name].default
    )
    codes = ", ".join(sorted({f"`{row['code'][:12]}`" for row in rows}))
    return f"Model: {', '.join(models)}. Settings: {', '.join(changed) or 'the default ones'}. Code (SHA-256): {codes}."


def _code(name: str) -> str:
    return f"`{name}`"


def _interval(figure: Mapping[str, float], *, strong: bool) -> str:
    mean = _number(figure["mean"])
    return f"{f'**{mean}**' if strong else mean} ({_number(figure['low'])} to {_number(figure['high'])})"


def _difference(step: Mapping[str, Any] | None, against: str = "") -> str:
    if step is None:
        return NONE
    chance = step["p_holm"]
    said = "p < .001" if chance < 0.001 else f"p {_number(chance)}"
    of = f" on {against}" if against else ""
    return f"{_signed(step['difference'])}{of} ({_signed(step['low'])} to {_signed(step['high'])}), {said}"


def _number(value: float) -> str:
    """`.679`: three decimals, no zero before the point."""
    text = f"{value:.3f}"
    return text[1:] if text.startswith("0.") else text


def _signed(value: float) -> str:
    rounded = round(value, 3)
    if not rounded:
        return "0"
    return ("+" if rounded > 0 else "-") + _number(abs(rounded))
