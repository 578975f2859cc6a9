"""What is taken out of a page, and above all what is not."""

from __future__ import annotations

import pytest

from qa_service.parsing.articles import clean_texts, read_draft
from qa_service.parsing.cleaning.boilerplate import Kind, classify
from qa_service.parsing.cleaning.removing import clean_lines
from qa_service.records import ArticleDraft, Cleaning

PROSE = "The refinery in the north of the town processes gold that comes from forty small mines."
MORE = "Its owners told reporters on Monday that they would hire two hundred people before the summer."


def cleaned(*lines: str) -> list[str]:
    """What remains of some lines; a test need not say which blank ones."""
    return [line for line in clean_lines(lines) if line]


# The table


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("View all comments", Kind.STRONG),
        ("VIEW ALL COMMENTS", Kind.STRONG),
        ("  12 comments ", Kind.STRONG),
        ("Captcha *", Kind.STRONG),
        ("Would love your thoughts, please comment.x", Kind.STRONG),
        ("Click to see full-size image", Kind.STRONG),
        ("MORE ON THE TOPIC:", Kind.STRONG),
        ("Sign up for our weekly newsletter", Kind.STRONG),
        ("Share on WhatsApp", Kind.STRONG),
        ("Реклама", Kind.STRONG),
        ("Читайте также: Кто будет следующим", Kind.STRONG),
        ("Mehr zum Thema:", Kind.STRONG),
        ("اقرأ أيضا: ماذا بعد الانسحاب", Kind.STRONG),
        ("Publicité", Kind.STRONG),
        ("相关阅读：", Kind.STRONG),
        ("Follow", Kind.WEAK),
        ("Follow us on Facebook, X and Telegram", Kind.WEAK),
        ("5 min read", Kind.WEAK),
        ("Поделиться", Kind.WEAK),
        ("مشاركة", Kind.WEAK),
        ("We use cookies to give you the best experience on our website.", Kind.WEAK),
        ("guest", Kind.TAIL),
        ("Support Example News", Kind.TAIL),
        ("Do you like this article?", Kind.TAIL),
        ("Updated 5 sec ago", Kind.FRESH),
        ("Обновлено 5 минут назад", Kind.FRESH),
        ("آخر تحديث: منذ 5 دقائق", Kind.FRESH),
        ("2 hours ago", Kind.AGO),
        ("il y a 3 heures", Kind.AGO),
        ("vor 5 Minuten", Kind.AGO),
        ("Updated 07 June 2025", Kind.STAMP),
        ("June 7, 2025 | 10:30 GMT", Kind.STAMP),
        ("7 juin 2025 à 10 h", Kind.CONTENT),
        ("07.06.2025 10:30", Kind.STAMP),
        ("2025年6月7日", Kind.STAMP),
        ("2,500 $", Kind.COUNTER),
        ("€ 12.50", Kind.COUNTER),
        ("12 days left", Kind.COUNTER),
        ("AUGUST 2025 يوم متبقٍ", Kind.COUNTER),
        ("56", Kind.CRUMB),
        ("()", Kind.CRUMB),
        ("x", Kind.CRUMB),
        ("1.2K", Kind.CRUMB),
        ("Facebook", Kind.CRUMB),
        ("\u00a0", Kind.BLANK),
    ],
)
def test_known_shapes(line: str, kind: Kind) -> None:
    assert classify(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "Follow the money",
        "Share prices fell on Monday",
        "Subscribe to this view, and the rest follows.",
        "Support for the junta is waning",
        "support ukraine",
        "Advertisement spending fell by half.",
        "Comments by the minister drew anger",
        "Guest workers leave the country",
        "We use cookies instead of bread.",
        "Updated rules come into force in 12 countries",
        "Published 12 books in 3 years.",
        "56 dead",
        "30 min",
        "3 days",
        "No",
        "10:45",
        "3 - 1",
        "2 hours ago the bridge fell.",
        "Wo",
        "不",
        "Related parties must declare it",
        "Read more books, say teachers",
        "Brutal methods",
        "Source: AFP",
        "By Global Watch and AFP |",
    ],
)
def test_what_only_looks_like_it(line: str) -> None:
    assert classify(line) is Kind.CONTENT


# Taken out


def test_unmistakable_lines_go_from_the_middle_of_prose() -> None:
    assert cleaned(PROSE, "Advertisement", MORE, "Click to enlarge", PROSE) == [PROSE, MORE, PROSE]


def test_counters_and_buttons_above_the_headline_go() -> None:
    page = ["0 $", "500 $", "MAY 2024 12 days left", "Menu", "Share", "", "Gold comes to town", "", PROSE]
    assert cleaned(*page) == ["Gold comes to town", PROSE]


def test_one_amount_above_the_headline_is_no_counter() -> None:
    assert cleaned("500 $", "", "Gold comes to town", "", PROSE) == ["500 $", "Gold comes to town", PROSE]


def test_buttons_below_the_headline_go_and_a_date_stays() -> None:
    page = ["Gold comes to town", "By Jane Doe", "Updated 07 June 2025", "Follow", "2 hours ago", "", PROSE]
    assert cleaned(*page) == ["Gold comes to town", "By Jane Doe", "Updated 07 June 2025", PROSE]


def test_one_button_below_the_headline_goes() -> None:
    assert cleaned("Gold comes to town", "", "Follow", "", PROSE) == ["Gold comes to town", PROSE]


def test_a_comment_form_goes_with_its_crumbs() -> None:
    form = ["Subscribe", "Notify of", "guest", "3 Comments", "Oldest", "3", "0", "()", "x"]
    assert cleaned(PROSE, "", *form) == [PROSE]


def test_the_pages_name_goes_where_it_asks_to_support_it() -> None:
    page = ["Gold comes to town", "Support Example", "", PROSE, "", "Support Example", "", "Example", "", "Subscribe"]
    assert cleaned(*page) == ["Gold comes to town", PROSE]


def test_one_question_to_the_reader_below_the_prose_goes() -> None:
    assert cleaned(PROSE, "", "Do you like this article?", "") == [PROSE]


def test_buttons_beside_unmistakable_boilerplate_go_from_the_middle() -> None:
    assert cleaned(PROSE, "Advertisement", "Share", MORE) == [PROSE, MORE]


def test_three_buttons_in_a_row_go_from_the_middle_with_what_is_between() -> None:
    assert cleaned(PROSE, "", "Share", "Facebook", "12", "Follow", "Subscribe", "", MORE) == [PROSE, MORE]


def test_a_headline_repeated_as_a_caption_goes() -> None:
    headline = "Gold comes to a small town"
    page = [headline, "", headline, "", PROSE, "", headline, "Click to see full-size image", "", MORE]
    assert cleaned(*page) == [headline, PROSE, MORE]


def test_a_repeated_caption_goes_wherever_it_stands() -> None:
    caption = "Workers at the refinery wait for the first delivery in June. [J. Doe/Example]"
    assert cleaned(PROSE, "", caption, caption, "", MORE) == [PROSE, caption, MORE]
    assert cleaned(PROSE, "", caption, "", MORE, "", caption, "", PROSE) == [PROSE, caption, MORE, PROSE]


def test_a_paragraph_entered_twice_in_a_row_is_there_once() -> None:
    assert cleaned(PROSE, "", MORE, "", MORE, "", PROSE) == [PROSE, MORE, PROSE]


def test_what_is_said_twice_in_a_row_stays() -> None:
    page = [PROSE, "", "Never again, they said.", "", "Never again, they said.", "", MORE]
    assert cleaned(*page) == [PROSE, "Never again, they said.", "Never again, they said.", MORE]


def test_equal_rows_of_a_table_stay() -> None:
    row = "lions and bears and wolves and six others drew"
    page = [PROSE, "", "Monday", row, "Tuesday", row, "Wednesday", row, "", MORE]
    assert cleaned(*page) == [line for line in page if line]


# Not taken out: texts in which nothing may change

INTERVIEW = """
"It will be over by the summer": a talk with the mayor

We met the mayor of the town in her office, two days after the refinery had opened its gates.

Will you stand again?

No.

Why?

Follow

the money, as they say.

Are you tired?

Yes

Do you like this article?

It is about me, so I had better not say whether I like it, had I?

Is that all?

No

Share your plans with us.

Never
"""

POEM = """
The Tide

Follow
the tide, follow
the tide again
x
and again the tide comes in
and again the tide comes in

Share
nothing
and again the tide comes in

0
"""

LIST = """
What people do all day has four names, and every child of ten knows them. They are these:

Like

Share

Follow

Subscribe

Nobody asked what the words had meant before, said the teacher who told us of the lesson.
"""

BUTTONS = """
Verbs of the year

Share

Follow

Subscribe
"""

RECIPE = """
Pancakes for four

30 min

2
eggs
250 g
flour
1
pinch of salt

Stir well and let it rest

Print a fork into the dough, or leave it as it is if the children are hungry by now.

Stir well and let it rest

Serves 4
"""

TABLE = """
Gold exports by year

Year
Share
Change
2021
12
3
2022
14
2

Figures are in tonnes, and the change is against the year before, according to the ministry.

2023
9
0
"""

LIVEBLOG = """
Election night as it happened

10:45
Share

Polling stations have closed in the north of the country, and the counting has begun in most of them.

2 hours ago

The first results are in from the capital, where the turnout was higher than ever, officials said.

11:30

No change

The first results are in from the harbour too, and they look the same as those from the capital.

11:45

No change
"""

RESULTS = """
Results of the weekend

Home
Away
Lions
3
Bears
1
Lions
0
Wolves
0
"""

STATEMENT = """
What the minister said

"We will not leave. We will not leave before the work is done," she said to applause in the hall.

She had been asked by both sides of the house whether there was a date, and gave none.

We will not leave before the work is done, and the work is far from being done today.

The opposition laughed, and the speaker had to call for order twice before she could go on.

We will not leave before the work is done, and the work is far from being done today.
"""

WRAPPED = """
The refinery in the north of the town processes gold that comes from
forty small mines, and whoever wants to know where it goes has only to
Follow
the lorries that leave it at night, a driver told the people who came to
share
a meal with him on Monday in the last house before the border crossing.

They had come because all of them, the driver not among them, had seen
in the newspaper that is printed in the next town, or so they said, an
advertisement

and the driver, who had not seen it, asked them what it had been for.
"""

VERBATIM = {
    "interview": INTERVIEW, "poem": POEM, "list": LIST, "buttons": BUTTONS, "recipe": RECIPE, "table": TABLE,
    "liveblog": LIVEBLOG, "results": RESULTS, "statement": STATEMENT, "wrapped": WRAPPED,
}  # fmt: skip


@pytest.mark.parametrize("text", VERBATIM.values(), ids=VERBATIM)
def test_nothing_is_taken_from_a_text_without_boilerplate(text: str) -> None:
    assert clean_texts(text) == [text.strip()]


@pytest.mark.parametrize("name", ["interview", "list", "recipe", "table", "liveblog", "results", "statement"])
def test_only_the_boilerplate_goes_from_a_text_with_some(name: str) -> None:
    text = VERBATIM[name].strip()
    page = f"Skip to content\nMenu\nShare\n\n{text}\n\nAdvertisement\nSubscribe\nNotify of\nguest\n0\nView all comments"
    assert clean_texts(page) == [text]


def test_figures_above_the_boilerplate_at_the_end_stay() -> None:
    assert cleaned("Final score", "", PROSE, "", "3", "1", "Subscribe") == ["Final score", PROSE, "3", "1"]


def test_short_headings_stay() -> None:
    page = [
        "Gold comes to town",
        "",
        PROSE,
        "",
        "Brutal methods",
        "",
        MORE,
        "",
        "Why now?",
        "",
        PROSE,
        "",
        "2024",
        MORE,
    ]
    assert cleaned(*page) == [line for line in page if line]


def test_a_caption_that_says_something_stays_once() -> None:
    caption = "A banner at a rally in 2022 celebrating the withdrawal. Photo: J. DOE / Example/File"
    assert cleaned(caption, "", PROSE) == [caption, PROSE]


def test_no_break_spaces_and_composed_letters_stay_as_they_are() -> None:
    text = "The\u00a0president e\u0301crit fin."
    assert clean_texts(f"{text} \u00a0\r\n\u200b\r\n\u00a0\r\n{text}\0 ") == [f"{text}\n\n{text}"]


# Rows


def test_a_row_loses_boilerplate_and_is_never_split() -> None:
    again = "LONDON, June 5 (Reuters) - The council of the town agreed to buy two trams for the line to the sea."
    row = ["Town buys gold", "", "Share", "Tweet", "", PROSE, "", "ADVERTISEMENT", "", MORE, "", "Town buys two trams"]
    row += ["", "By Jane Doe", "", "3 July 2023", "", again, "", "Leave a comment"]
    (article,) = read_draft(ArticleDraft("\n".join(row), cleaning=Cleaning.ROW))
    gone = {"Share", "Tweet", "ADVERTISEMENT", "Leave a comment"}
    assert [line for line in article.text.split("\n") if line] == [line for line in row if line and line not in gone]
    assert read_draft(ArticleDraft(article.text, cleaning=Cleaning.ROW))[0].text == article.text


def test_a_row_of_boilerplate_alone_stays() -> None:
    (article,) = read_draft(ArticleDraft("Advertisement", cleaning=Cleaning.ROW))
    assert article.text == "Advertisement"
