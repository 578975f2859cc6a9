"""`junit.xml`: a test case for each question with gold, for the test reports of continuous integration.

Format as read by Jenkins and GitLab (https://github.com/testmoapp/junitxml). A question fails if no returned passage is
relevant, or if it was wrongly declined or wrongly answered. An invalid citation is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

__all__ = ["junit_lines"]

# XML 1.0, section 2.2: everything else cannot stand in a document, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_lines(name: str, records: Callable[[], Iterator[Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the lines of the file. `records` returns the lines of `per_question.jsonl`; it is called twice, first for
    the totals."""
    kinds = Counter(outcome[0] for record in records() if (outcome := _outcome(record)) is not None)
    counts = f'tests="{kinds.total()}" failures="{kinds["failure"]}" errors="{kinds["error"]}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites {counts}>"
    yield f"<testsuite name={_quoted(name)} {counts}>"
    for record in records():
        outcome = _outcome(record)
        if outcome is not None:
            case = f"<testcase classname={_quoted(name)} name={_quoted(record['id'] + ': ' + record['question'])}"
            kind, why = outcome
            yield f"{case}><{kind} message={_quoted(why)}/></testcase>" if kind else f"{case}/>"
    yield "</testsuite>"
    yield "</testsuites>"


def _outcome(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """(failure, error or "", reason); None for a question without gold."""
    citations = record["citations"]
    if citations["valid"] < citations["checked"]:
        broken = citations["checked"] - citations["valid"]
        return "error", f"{broken} of {citations['checked']} citations do not hold: run qa-service verify"
    confidence = f"confidence {record['confidence']:.2f}"
    if record["answerable"] is False:
        return ("", "") if record["declined"] else ("failure", f"has no answer and was answered, {confidence}")
    if not record["measures"] and record["answer_right"] is None and record["answerable"] is None:
        return None
    if record["measures"] and record["first_relevant"] is None:
        return "failure", f"nothing relevant by {record['relevance']} among the {len(record['passages'])} passages"
    if record["declined"]:
        return "failure", f"has an answer and was declined, {confidence}"
    if record["answer_right"] is False:
        return "failure", f"was answered wrongly, {confidence}: {record['answer']}"
    return "", ""


def _quoted(text: str) -> str:
    return quoteattr(ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))
