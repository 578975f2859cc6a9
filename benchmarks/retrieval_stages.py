"""The stages of the ranking. The service answers every question under each stage, and the answers are judged.

    BM25              retriever `lexical`
    dense             retriever `dense`
    convex            both, `late_interaction` off
    + late            `sentence_share` 0: late interaction with the whole passage
    + sentence        late interaction with the best sentence, as in the settings
    + what is named   also prefers outlets, dates and abbreviations that the question names

An article has the rank of its best passage (`max_per_article` 1). Copies are not collapsed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa_service.evaluation.grade.grading import Graded, grade
from qa_service.evaluation.grade.measures import per_questions
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.records import NOTHING_NAMED, Answer, Question
from qa_service.service import Service
from qa_service.settings import Settings

BM25, DENSE, NAMED = "BM25", "dense", "+ what is named"
STAGES = (BM25, DENSE, "convex", "+ late", "+ sentence", NAMED)
MEASURES = ("nDCG@10", "RR@10", "R@100")
TOP_K = 100
AT_ONCE = 100
"""Questions that are judged together."""

StageScores = dict[str, dict[str, list[float]]]
"""Stage -> measure -> one figure for each question."""


def variants(settings: Settings) -> list[Settings]:
    """Settings of the three hybrid stages.

    Below the threshold no evidence is chosen. It does not change the ranking, but would take most of the time.
    """
    full = settings.model_copy(update={"late_interaction": True, "answerable_threshold": 1.0})
    return [*(full.model_copy(update=one) for one in ({"late_interaction": False}, {"sentence_share": 0.0})), full]


def ask_stages(service: Service, question: EvaluationQuestion, collection: str) -> tuple[dict[str, Answer], bool]:
    """The answer of each stage, and whether the question names an outlet, a date or an abbreviation."""
    asked = Question(
        question.question,
        top_k=TOP_K,
        collection=collection,
        filters=question.filters,
        max_per_article=1,
        collapse_duplicates=False,
    )
    hybrid = variants(service.settings)
    found = service.ask_under(asked, hybrid)
    named = found[-1].interpretation != NOTHING_NAMED
    # Without a name, the ranking is the same.
    plain = service.ask_under(replace(asked, interpret=False), hybrid) if named else found
    (lexical,) = service.ask_under(replace(asked, retriever="lexical"), hybrid[:1])
    (dense,) = service.ask_under(replace(asked, retriever="dense"), hybrid[:1])
    return dict(zip(STAGES, (lexical, dense, *plain, found[-1]), strict=True)), named


def measure_stages(
    service: Service,
    questions: Sequence[EvaluationQuestion],
    collection: str,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[StageScores, int]:
    """The scores of every stage, by article, in the order of the questions; and how many questions name something."""
    figures: StageScores = {stage: {measure: [] for measure in MEASURES} for stage in STAGES}
    naming = 0
    for start in range(0, len(questions), AT_ONCE):
        graded: dict[str, list[Graded]] = {stage: [] for stage in STAGES}
        for question in questions[start : start + AT_ONCE]:
            answers, named = ask_stages(service, question, collection)
            naming += named
            # Only articles count here; a search for gold answers in every passage would be slow.
            only_articles = replace(question, answers=(), evidence=())
            for stage, answer in answers.items():
                graded[stage].append(grade(Asked(only_articles, answer, 0.0), "article"))
        for stage, batch in graded.items():
            for values in per_questions(batch, MEASURES):
                for measure in MEASURES:
                    figures[stage][measure].append(values[measure])
        progress(min(start + AT_ONCE, len(questions)))
    return figures, naming
