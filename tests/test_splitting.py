"""Where one text is two articles, and where it only looks like it."""

from __future__ import annotations

import pytest

from qa_service.parsing import read_draft
from qa_service.parsing.cleaning.splitting import split_lines
from qa_service.records import ArticleDraft

FIRST = """
Gold comes to a small town

The refinery in the north of the town processes gold that comes from forty small mines.

Its owners told reporters on Monday that they would hire two hundred people before the summer.

The mayor called it the best news in thirty years, and then asked who would build the road.
""".strip()

SECOND = """
Ministers of both countries met on Tuesday and agreed to meet again, an official said.

They were asked twelve times whether that was all, and twelve times they said that it was.
""".strip()

HEADLINE = "Talks on the border end without result"


def titles(text: str) -> list[str | None]:
    return [article.meta.title for article in read_draft(ArticleDraft(text))]


JOINED = {
    "stamp, button, headline again, dateline": (
        f"{HEADLINE}\n\nUpdated 5 sec ago\nFollow\n\n{HEADLINE}\n\nPARIS: {SECOND}"
    ),
    "headline again below a caption and a date": (
        f"{HEADLINE}\n\nA guard at the border crossing looks at the papers of a driver on Monday.\n07 June 2025\n\n"
        f"{HEADLINE}\n\n{SECOND}"
    ),
    "byline, date, agency": f"{HEADLINE}\nBy Jane Doe\nJune 5, 2025\n\nLONDON, June 5 (Reuters) - {SECOND}",
    "byline and dateline": f"{HEADLINE}\n\nBy Jane Doe\n\nParis (AFP) – {SECOND}",
    "byline and date below a gap": f"\n\n{HEADLINE}\n\nBy Jane Doe\nPublished 5 June 2025\n\n{SECOND}",
    "a drawn line above, byline": f"----------\n\n{HEADLINE}\nBy Jane Doe\n\n{SECOND}",
    "stars above, date": f"* * *\n{HEADLINE}\n5 June 2025\n\n{SECOND}",
    "copyright above, headline twice": f"© 2025 Example Media\n\n{HEADLINE}\n\n{HEADLINE}\n\n{SECOND}",
    "comments above, headline twice": (
        f"Subscribe\nNotify of\n3 Comments\nView all comments\n\n{HEADLINE}\n\n{HEADLINE}\n\n{SECOND}"
    ),
}


@pytest.mark.parametrize("second", JOINED.values(), ids=JOINED)
def test_a_second_article_becomes_one_of_its_own(second: str) -> None:
    assert titles(f"{FIRST}\n\n{second}") == ["Gold comes to a small town", HEADLINE]


def test_the_second_article_begins_with_its_headline_and_loses_nothing() -> None:
    first, second = read_draft(ArticleDraft(f"{FIRST}\n\n\n{next(iter(JOINED.values()))}"))
    assert first.text == FIRST
    assert second.text == f"{HEADLINE}\n\nPARIS: {SECOND}"


def test_a_drawn_line_between_articles_belongs_to_neither() -> None:
    first, second = read_draft(ArticleDraft(f"{FIRST}\n\n----------\n{HEADLINE}\nBy Jane Doe\n\n{SECOND}"))
    assert first.text == FIRST
    assert second.text == f"{HEADLINE}\nBy Jane Doe\n\n{SECOND}"


def test_a_drawn_line_above_a_heading_alone_parts_nothing() -> None:
    text = f"{FIRST}\n\n----------\n\n{HEADLINE}\n\n{SECOND}"
    (article,) = read_draft(ArticleDraft(text))
    assert article.text == text


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_name_that_a_wire_service_gives_is_no_title(gap: str) -> None:
    text = f"BC-BORDER-1st Ld-Writethru{gap}{HEADLINE}\n\n{SECOND}"
    assert titles(text) == [HEADLINE]


def test_a_russian_and_an_arabic_second_article() -> None:
    russian = """
Переговоры на границе закончились безрезультатно

Обновлено 5 минут назад
Поделиться

МОСКВА, 5 июня (Пример) — Министры двух стран встретились во вторник и договорились встретиться снова, сообщил чиновник.

Их двенадцать раз спросили, всё ли это, и двенадцать раз они ответили, что это всё, и ушли.
"""
    arabic = """
محادثات الحدود تنتهي دون أي نتيجة

نشر في 5 يونيو 2025

القاهرة (رويترز) - التقى وزراء البلدين يوم الثلاثاء واتفقوا على أن يلتقوا مرة أخرى بحسب مسؤول في الوزارة.

وقد سئلوا اثنتي عشرة مرة عما إذا كان هذا كل شيء وأجابوا اثنتي عشرة مرة بأنه كل شيء.
"""
    assert titles(f"{FIRST}\n{russian}{arabic}") == [
        "Gold comes to a small town",
        "Переговоры на границе закончились безрезультатно",
        "محادثات الحدود تنتهي دون أي نتيجة",
    ]


def test_three_articles() -> None:
    style = "{0}\n\nUpdated 5 sec ago\nFollow\n\n{0}\n\nPARIS: {1}"
    text = (
        f"{FIRST}\n\n\n{style.format(HEADLINE, SECOND)}\n\n\n{style.format('A third thing happened in Rome', SECOND)}"
    )
    assert titles(text) == ["Gold comes to a small town", HEADLINE, "A third thing happened in Rome"]


def test_every_line_is_in_one_part() -> None:
    lines = f"{FIRST}\n\n\n{next(iter(JOINED.values()))}".split("\n")
    parts = split_lines(lines)
    assert len(parts) == 2
    assert [line for part in parts for line in part] == lines


# One article

BODY = SECOND.split("\n\n")[0]

WHOLE = {
    "headings": f"{FIRST}\n\nWhat the owners want\n\n{SECOND}\n\nWhat the mayor wants\n\n{SECOND}",
    "headings below large gaps": (
        f"{FIRST}\n\n\n\nWhat the owners want\n\n{SECOND}\n\n\n\nWhat the mayor wants\n\n{SECOND}"
    ),
    "the article's headline as a caption": (
        f"{FIRST}\n\n\nGold comes to a small town\n\nGold comes to a small town\n\nClick to enlarge\n\nPARIS: {SECOND}"
    ),
    "a caption entered twice": f"{FIRST}\n\n\n{HEADLINE}\n\n{HEADLINE}\n\n{SECOND}",
    "a caption entered twice below an advertisement": (
        f"{FIRST}\n\nAdvertisement\n\n\n{HEADLINE}\n\n{HEADLINE}\n\nClick to see full-size image\n\n{SECOND}"
    ),
    "a heading above a report from elsewhere": f"{FIRST}\n\n\nMeanwhile at the border\n\nPARIS: {SECOND}",
    "a heading and buttons": f"{FIRST}\n\n\nWhat the owners want now\n\nShare\nFollow\n\n{SECOND}",
    "a heading, a date, buttons, a large gap": (
        f"{FIRST}\n\n\nWhat the owners want now\n\nUpdated 5 June 2025\nShare\n\n{SECOND}"
    ),
    "a teaser of another article": f"{FIRST}\n\n{HEADLINE}\nBy Jane Doe\n5 June 2025\n\n{SECOND}",
    "a date between the parts of a chronicle": f"{FIRST}\n\n\nThe owners come to town\n\n5 June 2025\n\n{SECOND}",
    "an interview": (
        f"{FIRST}\n\n\nWhat the minister said in the hall\n\nUpdated 07 June 2025\n\n"
        f"DOE: {BODY}\n\nROE: {BODY}\n\nDOE: {BODY}\n\nROE: {BODY}\n\nDOE: {BODY}\n\nROE: {BODY}"
    ),
    "a liveblog": FIRST
    + "".join(f"\n\nEvent number {n} of a long night\n\nUpdated {n} min ago\nShare\n\n{SECOND}" for n in "123456"),
    "links to other articles": f"{FIRST}\n\nRead also: {HEADLINE}\n\nBy Jane Doe",
    "a related headline with its date": (
        f"{FIRST}\n\n\n{HEADLINE}\nBy Jane Doe\n5 June 2025\n\nA third thing in Rome\n2 hours ago"
    ),
    "a poem": "The tide\n\nand again the tide comes in\n\nand again the tide comes in\n\nBy Jane Doe\n\n5 June 2025",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_an_ordinary_article_stays_whole(text: str) -> None:
    assert len(read_draft(ArticleDraft(text))) == 1


# Titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{HEADLINE}\n\n{SECOND}", HEADLINE),
        (f"Will the refinery ever open?\n\n{SECOND}", "Will the refinery ever open?"),
        (f"Переговоры на границе закончились\n\n{SECOND}", "Переговоры на границе закончились"),
        (f"محادثات الحدود تنتهي\n\n{SECOND}", "محادثات الحدود تنتهي"),
        (f"边境谈判无果而终\n\n{SECOND}", "边境谈判无果而终"),
        (f"Share\n\n{HEADLINE}\n\n{SECOND}", HEADLINE),
        (SECOND, None),
        (f"World\n\n{SECOND}", None),
        (f"By Jane Doe and John Roe\n\n{SECOND}", None),
        (f"Saturday, June 5, 2025\n\n{SECOND}", None),
        (f"A guard at the border. Photo: J. Doe\n\n{SECOND}", None),
        (f"A guard looks at the papers of a driver (AP/File)\n\n{SECOND}", None),
        (f"They met. Nothing happened then\n\n{SECOND}", None),
        (f"Q: What have you come for\n\n{SECOND}", None),
        (f"- the first of several things\n\n{SECOND}", None),
        (f"and so it went on\n\n{SECOND}", None),
        (f"The sum of these is given by\n\n→ x\n\n{SECOND}", None),
        (f"The council of the town\n\nagreed to buy a tram\n\n{SECOND}", None),
        (f"{HEADLINE}\n\nby Jane Doe\n\n{SECOND}", HEADLINE),
        (f"{HEADLINE}\n{SECOND}", None),
        (HEADLINE, None),
    ],
)
def test_a_title_is_a_headline_that_stands_first_or_nothing(text: str, title: str | None) -> None:
    assert titles(text) == [title]
