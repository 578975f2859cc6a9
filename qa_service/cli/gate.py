"""`qa-service gate`: checks conditions on a finished evaluation. `evaluate` checks its own gates the same way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import evaluation_options, options

if TYPE_CHECKING:
    from qa_service.evaluation.compare.summary_gate import GateResult

__all__ = ["fail_unless_passed", "gate", "hold", "show_gates"]

FAILED = 1


@click.command()
@click.argument(
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Output folder of evaluate.",
)
@evaluation_options.gates
@options.as_json
@click.pass_context
def gate(ctx: click.Context, folder: Path, gate: tuple[str, ...], no_worse_than: Path | None, as_json: bool) -> None:
    """Check conditions on a finished evaluation, and fail unless all hold. No question is asked again."""
    from qa_service.evaluation.compare.compared_run import refuse_unfinished

    if not gate and no_worse_than is None:
        raise click.UsageError("give at least one --gate, or --no-worse-than.")
    refuse_unfinished(folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    gates = hold(summary, folder, gate, no_worse_than)
    if as_json:
        options.echo_json({"gates": [result.as_dict() for result in gates]})
    else:
        show_gates(gates)
    fail_unless_passed(ctx, gates)


def hold(
    summary: Mapping[str, Any], folder: Path, conditions: Sequence[str], baseline: Path | None
) -> list[GateResult]:
    """A result for each `--gate`, and one for the baseline."""
    from qa_service.evaluation.compare.regression_gate import no_worse_than
    from qa_service.evaluation.compare.summary_gate import check_gate

    results = [check_gate(expression, summary) for expression in conditions]
    return results + ([] if baseline is None else [no_worse_than(baseline, folder)])


def show_gates(gates: Sequence[GateResult]) -> None:
    for result in gates:
        for warning in result.warnings:
            click.secho(f"WARNING: {warning}", fg="yellow", err=True)
        for line in result.lines():
            click.echo(line)


def fail_unless_passed(ctx: click.Context, gates: Sequence[GateResult]) -> None:
    if not all(result.passed for result in gates):
        ctx.exit(FAILED)
