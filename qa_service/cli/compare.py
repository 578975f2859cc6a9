"""`qa-service compare`: compares runs over the same questions with the first run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from qa_service.cli import options

__all__ = ["compare"]

SHOWN_FLIPS = 10
WIDTH = 100
HEADING = ("95 % interval", "p", "p (Holm)", "d_z", "won/lost/tied")


def _at_least_two(ctx: click.Context, param: click.Parameter, value: tuple[Path, ...]) -> tuple[Path, ...]:
    if len(value) < 2:
        raise click.BadParameter("give at least two runs; the first is the baseline.")
    return value


@click.command()
@click.argument(
    "runs",
    nargs=-1,
    type=click.Path(exists=True, path_type=Path),
    callback=_at_least_two,
    metavar="A B [C ...]",
    help="Output folders of evaluate, or TREC run files or answers (JSON Lines) of other systems.",
)
@click.option(
    "--qrels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judgements in TREC or BEIR format for all runs.  [default: the gold of the first folder]",
)
@click.option("--measure", multiple=True, metavar="NAME", help="Only this measure, such as nDCG@10; may be repeated.")
@click.option("--any-relevance", is_flag=True, help="Compare runs of different relevance too.")
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", default=0, show_default=True, help="Seed of tests and intervals."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write comparison.json and comparison.html there.",
)
@options.as_json
def compare(runs: tuple[Path, ...], measure: tuple[str, ...], out: Path | None, as_json: bool, **asked: Any) -> None:
    """Compare runs on the same questions, and test whether their differences are chance.

    The first run is the baseline. Each other run is compared with it by a paired randomisation test (two-sided, with
    Holm's correction over all tests) and a paired bootstrap interval. Runs of different relevance are refused.
    """
    from qa_service.evaluation.compare.comparison import compare_runs

    found = compare_runs(runs, measures=measure or None, **asked).as_dict()
    if out is not None:
        _write(found, out)
    if as_json:
        options.echo_json(found)
        return
    _show(found)
    if out is not None:
        click.echo(f"\nwritten to {out}")


def _write(found: dict[str, Any], folder: Path) -> None:
    from qa_service.evaluation.report import write_comparison

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, sort_keys=True)
    (folder / "comparison.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    write_comparison(found, folder / "comparison.html")


def _show(found: Mapping[str, Any]) -> None:
    for warning in found["warnings"]:
        click.secho(f"WARNING: {warning}", fg="yellow", bold=True, err=True)
    unlike = not (found["relevance"] or found["qrels"])
    for run in found["runs"]:
        changed = f": {'; '.join(run['changes'])}" if run["changes"] else ""
        by = f", relevance by {run['relevance']}" if unlike and run["relevance"] else ""
        click.echo(f"{run['label']}  {run['name']} ({options.counted(run['questions'], 'question')}{by}){changed}")
    judged = f", relevance by {found['relevance']}" if found["relevance"] else ""
    judged = f", judged by {found['qrels']}" if found["qrels"] else judged
    unanswerable = f", {found['unanswerable']} of them unanswerable" if found["unanswerable"] else ""
    click.echo(
        f"{options.counted(found['questions'], 'question')} compared{unanswerable}, first {found['k']} of each{judged}"
    )
    baseline = found["baseline"]
    for run in found["runs"][1:]:
        label = run["label"]
        rows = [row for row in found["differences"] if row["run"] == label]
        click.echo()
        heading = ("", baseline, label, f"{label} - {baseline}", *HEADING)
        _table([heading, *(_row(row, found["means"], baseline) for row in rows)])
        if label in found["overlap"]:
            click.echo(f"{found['overlap'][label]:.1%} of the first {found['k']} are the same, mean over the questions")
        _show_flips([flip for flip in found["flips"] if flip["run"] == label])
    tests = sum(row["p_holm"] is not None for row in found["differences"])
    click.echo(f"\n* significant: p below .05 after Holm's correction over {options.counted(tests, 'test')}")
    if tests < len(found["differences"]):
        click.echo("- not tested: no question differs, or a higher value is neither better nor worse")
    for note in found["notes"]:
        click.secho(f"NOTE: {note}", fg="yellow")


def _row(row: Mapping[str, Any], means: Mapping[str, Any], baseline: str) -> tuple[str, ...]:
    name = row["measure"]
    return (
        name,
        f"{means[baseline][name]['mean']:.4f}",
        f"{means[row['run']][name]['mean']:.4f}",
        f"{row['difference']:+.4f}",
        f"[{row['low']:+.4f}, {row['high']:+.4f}]",
        f"{row['p']:.4f}",
        "-  " if row["p_holm"] is None else f"{row['p_holm']:.4f}{'*' if row['significant'] else ' '}",
        "" if row["effect"] is None else f"{row['effect']:+.2f}",
        f"{row['wins']}/{row['losses']}/{row['ties']}",
    )


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join([row[0].ljust(len(first)), *others]).rstrip())


def _show_flips(flips: Sequence[Mapping[str, Any]]) -> None:
    """Print the lost and won questions, the largest moves first; then the questions where only a decision changed."""
    for change in ("lost", "won"):
        some = [flip for flip in flips if flip["change"] == change and flip["kind"] != flip["decision"]]
        _list(some, f"{change} the first place or the list", _ranks)
    for change, judged in (("lost", "wrongly"), ("won", "rightly")):
        some = [flip for flip in flips if flip["change"] == change and flip["kind"] == flip["decision"]]
        _list(some, f"declined or answered {judged}, and not before", _decisions)


def _list(flips: Sequence[Mapping[str, Any]], what: str, moved: Callable[[Mapping[str, Any]], str]) -> None:
    if flips:
        click.echo(f"{options.counted(len(flips), 'question')} {what}:")
    for flip in flips[:SHOWN_FLIPS]:
        line = f"  {moved(flip):>12}  {flip['id']}  {' '.join((flip['question'] or '').split())}"
        click.echo(line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…")
    if len(flips) > SHOWN_FLIPS:
        click.echo(f"  … and {len(flips) - SHOWN_FLIPS} more; --json or --out shows all")


def _ranks(flip: Mapping[str, Any]) -> str:
    return " -> ".join(str(flip[name] or "none") for name in ("baseline_rank", "rank"))


def _decisions(flip: Mapping[str, Any]) -> str:
    return " -> ".join("declined" if flip[name]["declined"] else "answered" for name in ("baseline", "other"))
