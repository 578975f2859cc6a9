"""HTML fragments as plain text, and the encoding of pages."""

from __future__ import annotations

import pytest
from lxml import html

from qa_service.errors import UnreadableSource
from qa_service.parsing.markup.charset import decode_markup
from qa_service.parsing.markup.markup import fragment_text


def test_blocks_are_separated_by_a_blank_line_and_white_space_collapses() -> None:
    assert fragment_text("<h2>The\n  quay</h2><p>One <b>bold</b>&nbsp;word.</p><div>Two</div>") == (
        "The quay\n\nOne bold word.\n\nTwo"
    )


def test_inline_markup_leaves_nothing_and_words_stay_whole() -> None:
    assert fragment_text('<p>un<i>believ</i>able, see <a href="https://x.example">the report</a>.</p>') == (
        "unbelievable, see the report."
    )


def test_one_break_ends_a_line_and_two_begin_a_paragraph() -> None:
    assert fragment_text("One<br>two<br> <br/>three") == "One\ntwo\n\nthree"


def test_list_items_stand_below_each_other() -> None:
    text = fragment_text(
        "<p>Needed:</p><ul><li>rope</li><li><p>tar</p></li></ul><ol><li>cut</li><li>dip</li></ol><p>Done</p>"
    )
    assert text == "Needed:\n\n- rope\n- tar\n1. cut\n2. dip\n\nDone"


def test_tables_keep_their_header_in_each_row() -> None:
    text = fragment_text(
        "<table><caption>Riders</caption><tr><th rowspan=2>Line</th><th colspan=2>Quarter</th></tr>"
        "<tr><th>First</th><th>Third</th></tr><tr><td>61</td><td>1204</td><td>1307</td></tr>"
        "<tr><td>62</td><td>9</td><td>11</td></tr></table>"
    )
    assert text == (
        "Riders\n\nLine: 61; Quarter First: 1204; Quarter Third: 1307.\nLine: 62; Quarter First: 9; Quarter Third: 11."
    )


def test_a_table_that_arranges_the_page_becomes_paragraphs() -> None:
    assert fragment_text("<table><tr><td><p>Left.</p><p>Below.</p></td></tr></table>") == "Left.\n\nBelow."


def test_programs_controls_and_hidden_parts_are_dropped() -> None:
    text = fragment_text(
        "<p>Seen</p><script>var x = '<p>no</p>'</script><style>p {}</style><p hidden>no</p>"
        '<div style="display: none">no</div><button>Share</button><del>no</del><!-- no --><template>no</template>'
    )
    assert text == "Seen"


def test_powers_are_no_plain_figures_and_marks_of_notes_are_dropped() -> None:
    text = fragment_text(
        '<p>10<sup>6</sup> m<sup>2</sup> of CO<sub>2</sub><sup><a href="#n1">[1]</a></sup> on the 1<sup>st</sup></p>'
    )
    assert text == "10⁶ m² of CO2 on the 1st"


def test_pictures_leave_their_text_unless_it_is_a_file_name_or_has_a_caption() -> None:
    text = fragment_text(
        '<p><img alt="Map of the bay"> <img alt="IMG_1.jpg"></p>'
        '<figure><img alt="no"><figcaption>Shown.</figcaption></figure>'
    )
    assert text == "Map of the bay\n\nShown."


def test_preformatted_text_keeps_its_lines() -> None:
    assert fragment_text("<pre>a  b\n   c</pre>") == "a  b\n   c"


def test_xhtml_with_empty_elements_is_whole() -> None:
    """An HTML parser takes the title as never closed, and loses the rest."""
    page = (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
        '<script src="a"/></head><body><p><a id="p1"/>All here.</p></body></html>'
    )
    assert fragment_text(page) == fragment_text(page.encode()) == "All here."


def test_elements_bytes_and_damaged_markup_are_read() -> None:
    assert fragment_text(html.fromstring("<div><p>One</p></div>")) == "One"
    assert fragment_text(b"<p>caf\xc3\xa9") == "café"
    assert fragment_text("3 < 4 &amp; <p>open <b>bold</p> end") == "3 < 4 &\n\nopen bold\n\nend"
    assert fragment_text("") == fragment_text(b" ") == fragment_text("<!-- only -->") == ""


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('<meta charset="windows-1251"><p>Мост</p>'.encode("cp1251"), "Мост"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><p>€5 caf\xe9</p>'.encode("cp1252"), "€5 café"),  # as browsers do
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>桥梁</p>'.encode("gb18030"), "桥梁"),
        ("<meta charset=iso-8859-1><p>Brücke über — Fluss</p>".encode(), "Brücke über — Fluss"),  # wrongly declared
        ("\ufeff<meta charset=latin1><p>Brücke</p>".encode("utf-16"), "Brücke"),
        (
            "<p>Brücke über den Fluss wird später eröffnet</p>".encode("cp1252"),
            "Brücke über den Fluss wird später eröffnet",
        ),
        ("<meta charset=iso-2022-jp><p>橋</p>".encode("iso-2022-jp"), "橋"),
        ("<meta charset=no-such-thing><p>Brücke</p>".encode(), "Brücke"),
    ],
)
def test_the_encoding_is_declared_or_found(raw: bytes, expected: str) -> None:
    assert fragment_text(raw) == expected


def test_binary_bytes_are_refused_by_name() -> None:
    with pytest.raises(UnreadableSource, match=r"^page\.html: is binary, not text\."):
        decode_markup(bytes(range(256)) * 4, "page.html")
