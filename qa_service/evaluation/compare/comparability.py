"""Warnings about differences between runs that make a comparison unfair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qa_service.evaluation.compare.compared_run import ComparedRun

__all__ = ["comparability_warnings"]


def comparability_warnings(
    runs: Mapping[str, ComparedRun],
    ids: Sequence[str],
    ranked: Sequence[str],
    left_out: Sequence[str],
    *,
    judged_by_file: bool,
) -> Iterator[str]:
    """Yield a sentence for each reason, the most serious first. `ranked` are the compared `ids` with gold."""
    folders = {label: run for label, run in runs.items() if run.type == "folder"}
    if not judged_by_file:
        kinds = "judge by different kinds of relevance"
        yield from _unlike(folders, "relevance", kinds, "Their figures do not compare.")
        yield from _unlike(folders, "overlap", "ask for different overlaps with a gold span", "")
        yield from _other_gold(folders, ids)
        yield from _other_formats(folders)
    contents = "were made on collections of different content"
    yield from _unlike(folders, "fingerprint", contents, "What changed may be the articles.")
    yield from _unlike(folders, "top_k", "return lists of different lengths", "Only the shortest length is compared.")
    yield from _unlike_caps(folders)
    if left_out:
        absent = {label: sum(identity not in run.figures for identity in left_out) for label, run in runs.items()}
        lacking = ", ".join(f"{label} lacks {number}" for label, number in absent.items() if number)
        which = f"{len(left_out)} questions are left out, since not every run has them ({lacking})"
        yield f"{which}; {len(ids)} are compared."
    for label, run in runs.items():
        missing = sum(run.documents_of(identity) is None for identity in ranked)
        if run.type != "folder" and missing:
            yield f"Run {label} has nothing for {missing} of {len(ranked)} questions; they count as missed."
    for label, run in runs.items():
        if ranked and not any(run.ranks[identity] for identity in ranked):
            yield f"Run {label} found nothing relevant at all: are its document ids those of the gold?"


def _unlike(runs: Mapping[str, ComparedRun], name: str, what: str, so: str) -> Iterator[str]:
    values = {label: value for label, run in runs.items() if (value := getattr(run, name)) is not None}
    if len(set(values.values())) > 1:
        each = ", ".join(f"{label} {str(value)[:16]}" for label, value in values.items())
        yield f"The runs {what} ({each}). {so}".strip()


def _unlike_caps(runs: Mapping[str, ComparedRun]) -> Iterator[str]:
    caps = {label: run.manifest.get("max_per_article") for label, run in runs.items()}
    if len(set(caps.values())) > 1:
        each = ", ".join(f"{label} {'any number' if cap is None else cap}" for label, cap in caps.items())
        yield (
            f"The runs were asked for unlike numbers of passages of one article ({each}), so their lists reach to "
            "unlike depths."
        )


def _other_formats(runs: Mapping[str, ComparedRun]) -> Iterator[str]:
    formats = {label: number for label, run in runs.items() if (number := run.manifest.get("format")) is not None}
    if len(set(formats.values())) > 1:
        each = ", ".join(f"{label} {number}" for label, number in formats.items())
        yield f"The runs have results of different formats ({each}), which find gold answers by other rules."


def _other_gold(runs: Mapping[str, ComparedRun], ids: Sequence[str]) -> Iterator[str]:
    first = next(iter(runs), "")
    for label, run in runs.items():
        changed = sum(runs[first].gold.get(identity) != run.gold.get(identity) for identity in ids)
        if changed:
            yield (
                f"Runs {first} and {label} have the same ids but other words or gold in {changed} of {len(ids)} "
                "questions. Their figures do not compare there."
            )
