"""HTML in a file of any name, and articles about HTML."""

from __future__ import annotations

import io

import pytest

from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo

PROSE = "The refinery in the north of the town processes gold that comes from forty small mines. " * 3


def format_of(text: str, name: str = "a.txt") -> str:
    return detect_format(io.BytesIO(text.encode()), SourceInfo(name)).name


@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE html>\n<html><body><p>{PROSE}</p></body></html>",
        f"Gold comes to town\n<p>{PROSE}</p>\n<p>{PROSE}</p>\n<h2>Why?</h2><p>{PROSE}",
        f"Gold<br><br>{PROSE}<br />" + "The owners<br>want to hire<br>\n" * 20,
        'See <a href="https://a.example/gold">the owners</a>, <b>who said</b> on <i>Monday</i> that they <b>would</b>.',
        f'<div class="x">{PROSE}</div><div>{PROSE}</div><div>{PROSE}</div>',
    ],
)
def test_a_text_that_is_mostly_markup_is_html(text: str) -> None:
    assert format_of(text) == "HTML"


@pytest.mark.parametrize(
    "text",
    [
        f"The <p> tag begins a paragraph, and </p> ends it. {PROSE} Write <b>bold</b> for bold, <i>so</i> for italics.",
        f"How to write a page\n\n{PROSE}\n\n<p>First</p>\n<p>Second</p>\n<p>Third</p>\n\n{PROSE}\n\n{PROSE}",
        f"{PROSE}\nif a < b and c > d: <name> <address>",
        f"A feed begins with <rss version='2.0'>. {PROSE}",
        PROSE,
    ],
)
def test_an_article_about_html_is_plain_text(text: str) -> None:
    assert format_of(text) == "plain text"
