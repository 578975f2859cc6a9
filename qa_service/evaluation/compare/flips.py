"""Flips: the questions that changed between two runs, with both answers and both top passages.

The first relevant document moved in or out of the first rank or of the first k. Or one run declines the question and
the other answers it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from qa_service.evaluation.compare.answer_runs import NO_ANSWER
from qa_service.evaluation.compare.compared_run import ComparedRun, lines_of
from qa_service.evaluation.compare.decisions import flip_of

__all__ = ["find_flips", "kind_of_flip"]

Record = Mapping[str, Any]
WORSE = frozenset({"lost", "lost_first", "withheld", "invented"})
"""Kinds of flips that are losses."""
PLACE = ("start", "end", "text", "title", "outlet", "published")


def find_flips(runs: Mapping[str, ComparedRun], ids: Sequence[str], k: int) -> list[dict[str, Any]]:
    """The flips of each further run against the first run.

    Losses come before wins; within each, changed decisions come first, then the largest moves. `kind` describes the
    ranks if they changed, else the decision; `decision` always describes the decision.

    Args:
        runs: by label, the baseline first.
        ids: the compared questions, in the order of the set.
        k: a relevant document below this rank does not count.
    """
    (_, baseline), *others = runs.items()
    flips: list[dict[str, Any]] = []
    for label, run in others:
        for identity in ids:
            before, after = _within(baseline.ranks.get(identity), k), _within(run.ranks.get(identity), k)
            decision = flip_of(baseline.figures[identity], run.figures.get(identity, {}))
            kind = kind_of_flip(before, after) or decision
            if kind is not None:
                ranks = {"baseline_rank": before, "rank": after}
                flips.append({"run": label, "id": identity, "kind": kind, "decision": decision} | ranks)
    place = {identity: number for number, identity in enumerate(ids)}
    order = {label: number for number, (label, _) in enumerate(others)}

    def weight(flip: Record) -> tuple[object, ...]:
        moved = abs((flip["baseline_rank"] or k + 1) - (flip["rank"] or k + 1))
        decided = flip["kind"] == flip["decision"]
        return order[flip["run"]], flip["kind"] not in WORSE, not decided, -moved, place[flip["id"]]

    flips.sort(key=weight)
    return _with_answers(flips, runs)


def kind_of_flip(before: int | None, after: int | None) -> str | None:
    """`lost_first` or `lost` if the first relevant document left the first rank or the list, `won_first` or `won` if it
    entered; else None."""
    if before is not None and after is None:
        return "lost"
    if before is None and after is not None:
        return "won"
    if before == 1 and after != 1:
        return "lost_first"
    if before != 1 and after == 1:
        return "won_first"
    return None


def _within(rank: int | None, k: int) -> int | None:
    return rank if rank is not None and rank <= k else None


def _with_answers(flips: list[dict[str, Any]], runs: Mapping[str, ComparedRun]) -> list[dict[str, Any]]:
    first = next(iter(runs))
    wanted = {label: {flip["id"] for flip in flips if label in (first, flip["run"])} for label in runs}
    records = {label: _records(run.path, wanted[label]) for label, run in runs.items() if run.type == "folder"}
    known = [record for found in records.values() for record in found.values()]
    tops = {passage["passage_id"] for record in known for passage in record["passages"][:1]}
    tops |= {unquote(_top(run, identity)) for label, run in runs.items() for identity in wanted[label]}
    texts = _texts([runs[label].path for label in records], tops)
    for flip in flips:
        asked: Record = next((records[label][flip["id"]] for label in (first, flip["run"]) if label in records), {})
        flip |= {
            "change": "lost" if flip["kind"] in WORSE else "won",
            "question": asked.get("question"),
            "language": asked.get("language"),
            "tags": list(asked.get("tags") or []),
            "gold": asked.get("gold"),
            "baseline": _side(runs[first], records.get(first), flip["id"], texts),
            "other": _side(runs[flip["run"]], records.get(flip["run"]), flip["id"], texts),
        }
    return flips


def _records(folder: Path, ids: Collection[str]) -> dict[str, Record]:
    if not ids:
        return {}
    return {record["id"]: record for record in lines_of(folder / "per_question.jsonl") if record["id"] in ids}


def _texts(folders: Sequence[Path], wanted: Collection[str]) -> dict[str, Record]:
    """The records of passages.jsonl with these passage ids; for an article id, the fields that all its passages
    share."""
    found: dict[str, Record] = {}
    for folder in folders:
        file = folder / "passages.jsonl"
        for record in lines_of(file) if file.is_file() else ():
            article = record["article_id"]
            if record["passage_id"] in wanted:
                found.setdefault(record["passage_id"], record)
            if article in wanted:
                whole = {"article_id": article, **{name: record.get(name) for name in ("title", "outlet", "published")}}
                found.setdefault(article, whole)
    return found


def _side(
    run: ComparedRun, records: Mapping[str, Record] | None, identity: str, texts: Mapping[str, Record]
) -> dict[str, Any]:
    """The result of one run: answer, whether it declined, confidence and top passage."""
    if run.type == "answers":
        given = run.answers.get(identity, NO_ANSWER)
        top = given.ids[0] if given.ids else None
        place: dict[str, Any] = dict(texts.get(top or "", {})) | {"text": given.texts[0] if given.texts else None}
        ranked = {"rank": 1, "passage_id": top, "article_id": place.get("article_id"), "score": None, "grade": None}
        shown = None if top is None else ranked | {"evidence": []} | {name: place.get(name) for name in PLACE}
        side = {"answer": given.answer, "declined": given.answer is None, "confidence": given.confidence}
        return side | {"passage": shown}
    if records is None:
        top = unquote(_top(run, identity))
        return {"answer": None, "declined": None, "confidence": None, "passage": _foreign(top, texts) if top else None}
    record = records[identity]
    side = {name: record.get(name) for name in ("answer", "declined", "confidence")}
    if not record["passages"]:
        return side | {"passage": None}
    first = record["passages"][0]
    known = texts.get(first["passage_id"], {})
    named = {name: first.get(name) for name in ("rank", "passage_id", "article_id", "score", "grade", "evidence")}
    return side | {"passage": named | {name: known.get(name) for name in PLACE}}


def _foreign(document: str, texts: Mapping[str, Record]) -> dict[str, Any]:
    """The top document of a run file; its id may be an article's or a passage's."""
    known = texts.get(document, {})
    named = {"rank": 1, "passage_id": known.get("passage_id", document if not known else None)}
    named |= {"article_id": known.get("article_id"), "score": None, "grade": None, "evidence": []}
    return named | {name: known.get(name) for name in PLACE}


def _top(run: ComparedRun, identity: str) -> str:
    """The first document of a run file for a question; empty if there is none."""
    if run.type == "folder":
        return ""
    documents = run.documents_of(identity)
    return documents[0] if documents else ""
