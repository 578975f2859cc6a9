"""Measures of a question from ir-measures, under its names, and the check of citations.

MacAvaney, Macdonald & Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022. Values equal those of
trec_eval (pytrec_eval computes them; Van Gysel & de Rijke, SIGIR 2018). `AP` is over the returned passages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ir_measures

from qa_service.errors import InvalidInput, NotFound
from qa_service.evaluation.grade.grading import Graded
from qa_service.records import Answer, Article

__all__ = ["measures_for", "per_questions", "valid_citations"]

CUTOFF, SHORT = 10, 5
"""Depths of the usual measures; a shorter list is measured at its length."""


def measures_for(kind: str, k: int) -> tuple[str, ...]:
    """Names of the measures for lists of length k, the most informative first.

    For relevance by answer the number of relevant passages is unknown, so measures that need it are missing. Kind
    `none` has no measure.
    """
    if kind == "none":
        return ()
    cut, short = min(CUTOFF, k), min(SHORT, k)
    depths = sorted({1, short, cut})
    if kind == "answer":
        return (f"RR@{cut}", *(f"Success@{depth}" for depth in depths), f"P@{short}")
    names = [f"nDCG@{cut}", f"RR@{cut}", "AP", *(f"Success@{depth}" for depth in depths), f"P@{short}"]
    names += [f"R@{depth}" for depth in sorted({short, cut, k})]
    # Only judgements tell which documents a person has looked at; gold spans name the relevant ones alone.
    return (*names, f"Judged@{cut}") if kind in ("article", "passage") else tuple(names)


def per_questions(batch: Sequence[Graded], names: Sequence[str]) -> list[dict[str, float]]:
    """The measures of many questions, in their order: `names` first, then our own.

    A question without any returned passage gets 0, as in trec_eval with `-c`.

    Raises:
        InvalidInput: ir-measures knows no measure of that name.
    """
    measures = [_parsed(name) for name in names]
    values = [dict.fromkeys(names, 0.0) for _ in batch]
    asked = [number for number, graded in enumerate(batch) if graded.run]
    if asked and measures:
        qrels = {str(number): dict(batch[number].qrels) for number in asked}
        run = {str(number): dict(batch[number].run) for number in asked}
        called = dict(zip(measures, names, strict=True))
        for metric in ir_measures.evaluator(measures, qrels).iter_calc(run):
            values[int(metric.query_id)][called[metric.measure]] = float(metric.value)
    return [measured | dict(graded.own) for measured, graded in zip(values, batch, strict=True)]


def valid_citations(answer: Answer, article: Callable[[str], Article]) -> tuple[int, int]:
    """The number of citations and evidence spans of an answer, and the number of valid ones (law 1).

    A citation is valid if the article has the cited SHA-256 and the text of the passage at the cited offsets. An
    evidence span is valid if the article has its text there and the span lies within its passage.

    Args:
        article: returns the article of an id; raises NotFound if there is none.
    """
    checked = valid = 0
    for ranked in answer.passages:
        citation = ranked.citation
        places = [(citation.start, citation.end, ranked.passage.text)]
        places += [(sentence.start, sentence.end, sentence.text) for sentence in ranked.evidence]
        checked += len(places)
        try:
            cited = article(citation.article_id)
        except NotFound:
            continue
        if cited.sha256 == citation.article_sha256:
            valid += sum(
                citation.start <= start and end <= citation.end and cited.text[start:end] == wanted
                for start, end, wanted in places
            )
    return checked, valid


def _parsed(name: str) -> ir_measures.Measure:
    try:
        return ir_measures.parse_measure(name)
    except (NameError, ValueError, SyntaxError) as error:
        raise InvalidInput(f"ir-measures knows no measure {name!r}.", param="measures") from error
