"""The share of documents that two runs have in common. Lists can change even when no figure does."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence, Set

from qa_service.evaluation.compare.compared_run import ComparedRun, lines_of
from qa_service.evaluation.sets.qrels import hash_of, trec_id

__all__ = ["shared_tops"]

Tops = Mapping[str, "array[int]"]


def shared_tops(runs: Mapping[str, ComparedRun], ids: Sequence[str], k: int) -> dict[str, float]:
    """For each further run, the share of its first k documents that the first run also has, as a mean over questions.

    The longer list counts as the whole; two empty lists share everything. The result is empty without questions.
    Answers of other systems are left out. Passages are compared, or articles if a run file stands beside folders
    judged by article.
    """
    (_, baseline), *others = runs.items()
    others = [(label, run) for label, run in others if run.type != "answers"]
    if not ids or baseline.type == "answers":
        return {}
    by_article = {"run", "article"} <= {each for run in runs.values() for each in (run.type, run.relevance)}
    first = _tops(baseline, set(ids), k, by_article=by_article)
    found = {}
    for label, run in others:
        other = _tops(run, set(ids), k, by_article=by_article)
        found[label] = sum(_shared(first[identity], other[identity]) for identity in ids) / len(ids)
    return found


def _shared(one: Sequence[int], other: Sequence[int]) -> float:
    longer = max(len(one), len(other))
    return len(set(one) & set(other)) / longer if longer else 1.0


def _tops(run: ComparedRun, ids: Set[str], k: int, *, by_article: bool) -> Tops:
    """Question id -> 64-bit hashes of the first k documents: a hundred thousand questions take some 15 MB."""
    if run.type == "run":
        return {i: array("Q", map(hash_of, (run.documents_of(i) or ())[:k])) for i in ids}
    name = "article_id" if by_article else "passage_id"
    found = {}
    for record in lines_of(run.path / "per_question.jsonl"):
        if record["id"] in ids:
            documents = list(dict.fromkeys(passage[name] for passage in record["passages"]))  # an article counts once
            found[record["id"]] = array("Q", [hash_of(trec_id(document)) for document in documents[:k]])
    return found
