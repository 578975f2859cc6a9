"""Recognises headlines, bylines and datelines, and finds the title of an article."""

from __future__ import annotations

import regex

from qa_service.parsing.cleaning.boilerplate import Kind, classify
from qa_service.parsing.cleaning.lines import ends_with_stop, tidy_lines, word_count
from qa_service.text.basic.paragraphs import LIST_ITEM

__all__ = ["dateline", "is_byline", "is_credit", "is_headline", "title_of"]

FEWEST_WORDS = 3
MOST_WORDS = 25
LONGEST = 200
_TITLE_IN = 4000
"""Code points at the beginning of a text in which its title stands."""

_BYLINE = regex.compile(
    r"(?:by|par|von|por|di|door|av|af|przez)(?-i:\s+\p{Lu}).{2,80}|(?:автор(?: текста)?|текст)\s*:\s*.{2,80}"
    r"|(?:بقلم|كتب|كتبت|تحرير|إعداد)\s*:?\s*.{2,60}|(?:作者|记者|撰文|文)[:：／/].{2,30}",
    regex.IGNORECASE,
)
_MOST_BYLINE_WORDS = 10
_DATELINE = regex.compile(
    r"""
    # PARIS:   PARIS, 5 June (AP) —
      \p{Lu}[\p{Lu}\p{M}.’'\ -]{2,30} (?:,\ [^:—–()]{2,25})? \s*(?:\([^)]{2,30}\)\s*)? (?::|—|–|--|\ -)\s
    # Paris (AFP) –   القاهرة (رويترز) -
    | [\p{L}\p{M}\ ’'-]{2,30} (?:[,،]?\ ?[^:()（）]{2,25})? \s*[(（][\p{L}\p{M}.\ ]{2,20}[)）] \s*[:：\-–—]
    # An agency's telegram: 新华社北京6月5日电
    | (?:新华社|中新社|法新社|共同社|美联社|路透社).{2,20}[电電]
    """,
    regex.VERBOSE,
)
_MID_STOP = regex.compile(r"\p{Ll}{3}[.!?…][\p{Pe}\p{Pf}\"']*\s+[\p{Pi}\"']*\p{Lu}|[。！？؟।]\s*[\p{L}]")
_CREDIT = regex.compile(
    r"""
      (?:photo|image|picture|credit|фото|foto|صورة)\s*[:：]
    | [(\[] [^()\[\]]* (?:/|\b(?:AP|AFP|Reuters|Getty|EPA|dpa|TASS|ТАСС|РИА|photo|file|via)\b) [^()\[\]]* [)\]]$
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
_CONTINUES = regex.compile(r"\p{Ll}+(?:\s|$)|[\p{Sm}{\\]")
_SLUG = regex.compile(r"\p{Lu}{2,}(?:[-/][\p{L}\p{N}]+(?:\ [\p{L}\p{N}]+)?,?){2,}\W*")
"""The name that a wire service gives to a story: BC-CANAL-1st Ld-Writethru."""
_SPEAKER = regex.compile(r"[QA]\s*[:.)]\s", regex.IGNORECASE)


def is_headline(line: str) -> bool:
    """Whether a line looks like a headline: 3 to 25 words, no full stop, no list item, byline, date or credit."""
    shown = line.strip()
    if len(shown) > LONGEST or not FEWEST_WORDS <= word_count(shown) <= MOST_WORDS:
        return False
    if classify(shown) is not Kind.CONTENT or shown[0].islower() or shown[-1] in ",;:：،؛|":
        return False
    if ends_with_stop(shown) and not _ends_as_headlines_may(shown):
        return False
    if LIST_ITEM.match(shown) or _SPEAKER.match(shown) or _MID_STOP.search(shown) or _CREDIT.search(shown):
        return False
    return not is_byline(shown)


def is_byline(line: str) -> bool:
    """Whether a line is a byline such as "By NAME", in several languages."""
    shown = line.strip()
    if word_count(shown) > _MOST_BYLINE_WORDS or ends_with_stop(shown):
        return False
    return _BYLINE.fullmatch(shown) is not None


def is_credit(line: str) -> bool:
    """Whether a line holds the credit of a photograph, as captions do."""
    return _CREDIT.search(line.strip()) is not None


def dateline(line: str) -> str | None:
    """The dateline that a line begins with, such as "LONDON, June 5 (Reuters) -", else None."""
    found = _DATELINE.match(line.strip())
    return found[0] if found else None


def title_of(text: str, *, begins_article: bool = False) -> str | None:
    """The headline of a cleaned text, or None if it is unclear.

    The first line is the headline if it looks like one, and if a blank line, a byline or a date follows, or if
    `begins_article` is True. A line that the next visible line continues, as before a formula, is no headline.
    """
    first, *rest = tidy_lines(text[:_TITLE_IN])
    if _SLUG.fullmatch(first.strip()):
        at = next((at for at, line in enumerate(rest) if line), None)
        if at is not None and is_headline(rest[at]):
            first, rest = rest[at], rest[at + 1 :]
    below = next((line.lstrip() for line in rest if line), "")
    is_continued = _CONTINUES.match(below) and classify(below) is Kind.CONTENT and not is_byline(below)
    if is_headline(first) and not is_continued and (begins_article or (len(rest) > 1 and _follows_headline(rest[0]))):
        return first.strip()
    return None


def _follows_headline(line: str) -> bool:
    return not line or is_byline(line) or classify(line) is Kind.STAMP


def _ends_as_headlines_may(line: str) -> bool:
    return line.rstrip("\"'”’»)] ").endswith(("?", "!", "؟", "？", "！", "…", "..."))
