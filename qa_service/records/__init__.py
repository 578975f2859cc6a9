"""Frozen records that all rooms share. Offsets count Unicode code points, 0-based, end exclusive.

Import `records.encodings` by its full name: it needs NumPy."""

from __future__ import annotations

from qa_service.records.answers import (
    Annotation,
    Answer,
    AnswerSpan,
    AnswerText,
    Citation,
    Declined,
    Disagreement,
    Evidence,
    Match,
    Perspective,
    RankedPassage,
    Statement,
)
from qa_service.records.articles import (
    MOST_TAGS,
    OPENING,
    Article,
    ArticleDraft,
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    Cleaning,
    CollectionInfo,
    Completeness,
    Passage,
    label_of,
    outlet_key,
    page_at,
    passage_id_of,
)
from qa_service.records.interpretation import NOTHING_NAMED, DateMention, Interpretation, QuestionPart, SourceMention
from qa_service.records.jobs import Job, JobPage, Upload
from qa_service.records.previews import ArticlePreview, FilePreview
from qa_service.records.questions import LONGEST_QUESTION, Filters, Question, Turn
from qa_service.records.work import AddedArticle, FileResult, IngestProgress, IngestReport, VerifyReport

__all__ = [
    "LONGEST_QUESTION", "MOST_TAGS", "NOTHING_NAMED", "OPENING", "AddedArticle", "Annotation", "Answer", "AnswerSpan",
    "AnswerText", "Article", "ArticleDraft", "ArticleMeta", "ArticlePage", "ArticlePreview", "ArticleSummary",
    "Citation", "Cleaning", "CollectionInfo", "Completeness", "DateMention", "Declined",
    "Disagreement", "Evidence", "FilePreview", "FileResult", "Filters", "IngestProgress", "IngestReport",
    "Interpretation", "Job", "JobPage", "Match", "Passage", "Perspective", "Question", "QuestionPart", "RankedPassage",
    "SourceMention", "Statement", "Turn", "Upload", "VerifyReport", "label_of", "outlet_key", "page_at",
    "passage_id_of",
]  # fmt: skip
