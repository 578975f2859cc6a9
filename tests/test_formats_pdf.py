"""PDF: reading order, words, running lines, page marks and tables."""

from __future__ import annotations

from made_pdf import Placed, article, body, column, made_pdf, sentence

from qa_service.records import Article


def page_of(one: Article, words: str) -> int | None:
    assert one.text.count(words) == 1, (words, one.text)
    return one.page_of(one.text.index(words))


def in_order(text: str, *pieces: str) -> bool:
    places = [text.index(piece) for piece in pieces]
    return places == sorted(places)


# Reading order


def test_three_columns_below_a_headline_are_read_one_after_the_other() -> None:
    text = article("columns.pdf").text
    paragraphs = text.split("\n\n")
    assert paragraphs[:3] == [
        "WEATHER AND SEA",
        "Fog keeps ferries in port for a third day running",
        "By Jonas Ekdal",
    ]
    assert paragraphs[3] == (
        "The ferry company cancelled eleven crossings on Monday because the fog did not lift before noon. About two "
        "thousand passengers had to spend the night in gymnasiums and in the waiting rooms of the terminal."
    )
    assert in_order(text, "Radar alone", "Hoteliers complained", "The union of ferry workers", "Fishermen, too")


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    one = article("columns.pdf")
    assert (
        "They sample droplets from a mast on the northern cape and want to find out how much salt they hold. "
        "The results will be presented at a conference in Bergen next spring.\n\n"
    ) in one.text
    assert page_of(one, "presented at a") == 1
    assert page_of(one, "conference in Bergen") == 2


def test_a_caption_stands_alone() -> None:
    assert (
        "\n\nPassengers wait at the southern pier of Alderholm on Monday. Photo: Tove Lind\n\n"
        in article("columns.pdf").text
    )


def test_a_box_comes_after_the_text_beside_it() -> None:
    text = article("sidebar.pdf").text
    assert in_order(text, "The salt mine under Lake Orsen", "fire protection.", "The galleries are 61 kilometres long.")
    assert "celluloid keeps for two hundred years without cooling.\n\n" in text


def test_right_to_left_columns_are_in_logical_order() -> None:
    assert article("arabic.pdf").text.split("\n\n") == [
        "وزارة الصحة تعلن نتائج المسح",
        "القاهرة (رويترز) - أعلنت وزارة الصحة يوم الاثنين أن 120 مستشفى ستتلقى تمويلا جديدا من WHO في عام 2024. "
        "وقال الوزير إن القرار جاء بعد مشاورات طويلة مع المنظمات.",
        "وأضاف أن العمل سيبدأ في الربيع القادم في تسع محافظات، وأن النتائج ستنشر كل شهر على موقع الوزارة الإلكتروني "
        "حتى نهاية العام المقبل.",
        "وقالت نقابة الأطباء إنها ترحب بالقرار لكنها تطالب بزيادة عدد الممرضات في المستشفيات الريفية قبل بداية الصيف.",
    ]


def test_text_that_runs_upwards_is_read_and_a_slanted_stamp_is_not() -> None:
    upwards = (
        "BT /F1 12 Tf 0 1 -1 0 200 100 Tm (The tower at Ironmoor was torn down on Friday after) Tj "
        "0 1 -1 0 215 100 Tm (a century of service, the council said.) Tj ET "
        "BT /F1 60 Tf .7 .7 -.7 .7 100 100 Tm (DRAFT) Tj ET"
    )
    assert article(made_pdf([[]], raw=[upwards])).text == (
        "The tower at Ironmoor was torn down on Friday after a century of service, the council said."
    )


def test_a_rotated_page_is_read_like_one_that_is_not() -> None:
    lines = column(60, 100, ["The tower at Ironmoor was torn down on Friday after", "a century of service."])
    for turn in (90, 180, 270):
        assert article(made_pdf([lines], page=f"/Rotate {turn}")).text == article(made_pdf([lines])).text


# Words


SPLIT = [
    "The mayor of Carden-",
    "brook spoke of long-",
    "term plans. The long-term plans of",
    "Cardenbrook cost 4 million.",
]


def test_a_word_split_at_a_line_end_is_joined_by_the_words_of_the_document() -> None:
    assert article(made_pdf([column(60, 100, SPLIT)])).text == (
        "The mayor of Cardenbrook spoke of long-term plans. The long-term plans of Cardenbrook cost 4 million."
    )


def test_a_word_split_by_a_page_end_is_on_the_first_page() -> None:
    one = article(
        made_pdf([column(60, 100, ["The harbour master spoke of an exam-"]), column(60, 100, ["ple for others."])])
    )
    assert one.text == "The harbour master spoke of an example for others."
    assert one.page_of(one.text.index("exam")) == 1
    assert one.page_of(one.text.index("ple")) == 2


def test_a_footnote_mark_is_no_part_of_a_word_and_an_exponent_is() -> None:
    lines: list[Placed] = [
        (60, 100, 10, "The hall covers 900 m"), (158.4, 96, 6, "2"), (165, 100, 10, "and cost nine millions."),
        (263.4, 96, 6, "12"),
    ]  # fmt: skip
    assert article(made_pdf([lines])).text == "The hall covers 900 m² and cost nine millions."


def test_a_letter_spaced_line_is_words() -> None:
    assert "WEATHER AND SEA" in article("columns.pdf").text


# Running lines


def test_running_lines_are_dropped_also_where_left_and_right_pages_differ() -> None:
    pages = []
    for number in range(1, 9):
        head = "The Harbour Review" if number % 2 else "Ministry of the Sea"
        pages.append([(60, 40, 8, head), *body(number), (280, 800, 8, f"- {number} -")])
    assert article(made_pdf(pages)).text.split("\n\n") == [sentence(page) for page in range(1, 9)]


def test_running_lines_of_two_pages_are_dropped() -> None:
    pages = [[(60, 40, 8, "The Harbour Review"), *body(n), (280, 800, 8, f"Page {n} of 2")] for n in (1, 2)]
    assert article(made_pdf(pages)).text == f"{sentence(1)}\n\n{sentence(2)}"


def test_a_line_of_the_article_at_the_edge_of_a_page_stays() -> None:
    costs = [f"It cost {cost} euros to fill the pit." for cost in (400, 73, 1200)]
    pages = [[(60, 40, 10, cost), *body(number)] for number, cost in enumerate(costs, 1)]
    text = article(made_pdf(pages)).text
    assert all(cost in text for cost in costs)


def test_a_number_at_the_edge_that_is_no_page_number_stays() -> None:
    text = article(made_pdf([[*body(1), (60, 300, 10, "1984")], [*body(2), (60, 300, 10, "2011")]])).text
    assert "1984" in text and "2011" in text


def test_the_header_of_a_printed_web_page_gives_its_address() -> None:
    one = article("printed.pdf")
    assert one.meta.url == "http://127.0.0.1:8765/bundle.html"
    assert one.meta.title == "Press review"
    assert "127.0.0.1" not in one.text and "Press review" not in one.text and "1/3" not in one.text
    assert page_of(one, "Bees return to the roof") == 2


# Tables


def test_a_ruled_table_keeps_its_header_in_each_row() -> None:
    text = article("sidebar.pdf").text
    assert "Hall: Amber; Length in metres: 140; Opens: 2026.\n" in text
    assert "Hall: Basalt, the largest of the halls; Length in metres: 310; Opens: 2028.\n" in text


def test_an_aligned_table_without_rules_keeps_its_header_in_each_row() -> None:
    text = article("office.pdf").text
    assert "Port: Alderholm; Passengers: 312 400; Change: +4.1 %.\n" in text
    assert "Port: Tamsin; Passengers: 7 310; Change: +0.3 %." in text


def test_list_items_are_lines() -> None:
    assert (
        "\n- The second measure is a pilot boat.\n- The third is radar for each of the ferries"
        in article("office.pdf").text
    )


def test_labels_without_rules_are_a_table() -> None:
    rows = [("Telephone", "0400 7788"), ("Head of office", "Ines Falk"), ("Pilot service", "day and night"),
            ("Fuel station", "closed in winter")]  # fmt: skip
    lines: list[Placed] = [
        (x, 100 + 16 * at, 10, text) for at, row in enumerate(rows) for x, text in zip((60, 180), row, strict=True)
    ]
    text = article(made_pdf([[*lines, *column(60, 200, [sentence(1)] * 3)]])).text
    for label, value in rows:
        assert f"{label}: {value}" in text


def test_an_address_at_the_right_of_a_letter_is_no_column() -> None:
    right = ["Harbour Office", "Pier Street 4", "Alderholm"]
    lines = [
        *column(420, 60, right),
        *column(60, 110, ["Mrs Tove Lind", "Long Lane 7", "Tamsin"]),
        (420, 160, 10, "Alderholm, 3 July 2023"),
        *column(60, 190, ["Your berth for 2024", "", "Dear Mrs Lind,", "", sentence(1)]),
    ]
    text = article(made_pdf([lines])).text
    assert in_order(text, *right, "Mrs Tove Lind", "Long Lane 7", "Tamsin", "3 July 2023", "Your berth", sentence(1))
    assert "Alderholm Mrs" not in text


def test_a_box_inside_a_paragraph_does_not_become_a_part_of_it() -> None:
    left = [f"The harbour master wrote line {at} about fog and radar" for at in range(30)]
    right = [f"for the union and its members, line {at}, about fog" for at in range(40)]
    box: list[Placed] = [(70, 572, 14, "In figures"), *column(70, 590, ["There are", "many ferries", "Harbours: 9"])]
    frame = "60 215 240 75 re S"  # from 552 to 627 below the top
    pages = [[*column(60, 100, left, 10, 15), *column(320, 100, right, 10, 15), *box]]
    text = article(made_pdf(pages, raw=[frame])).text
    assert "line 29 about fog and radar for the union" in text
    assert "Harbours: 9 for" not in text and "Harbours: 9" in text


def test_the_mark_of_a_footnote_is_a_word() -> None:
    lines: list[Placed] = [
        *column(60, 100, [sentence(1)] * 12),
        (60, 297, 4.5, "1"), (62.6, 300, 7, "The figure is for 2022."), (60, 309, 4.5, "2"),
        (62.6, 312, 7, "Own count."),
    ]  # fmt: skip
    text = article(made_pdf([lines])).text
    assert "1 The figure is for 2022." in text and "2 Own count." in text


def test_columns_whose_lines_stand_between_each_other_are_read_one_after_the_other() -> None:
    left = [f"The harbour master wrote line {at} about fog and radar" for at in range(30)]
    right = [f"for the union and its members, line {at}, about fog" for at in range(30)]
    text = article(made_pdf([[*column(60, 100, left, 10, 20), *column(320, 110, right, 10, 20)]])).text
    assert in_order(text, "wrote line 0", "wrote line 29", "members, line 0", "members, line 29")
