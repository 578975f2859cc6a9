"""Reading as a whole: the seeds, what identifies an article, and what no text may do."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing import SourceInfo, articles, find_sources, read_draft
from qa_service.parsing import read_source as read_open_file
from qa_service.records import Article, ArticleDraft, ArticleMeta, Cleaning

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = sorted(SEEDS.glob("*.txt"))
JOINED = "004_80e15f6e0de5e45f.txt"


def read_source(raw: bytes, name: str, metadata: ArticleMeta | None = None) -> tuple[Article, ...]:
    return tuple(read_open_file(io.BytesIO(raw), SourceInfo(name), metadata))


READ = {
    file.name: read_source(file.path.read_bytes(), file.name, file.metadata)
    for file in find_sources([SEEDS])
    if file.skip_reason is None
}


def raw_lines(name: str) -> list[str]:
    return [line.strip() for line in (SEEDS / name).read_text(encoding="utf-8").splitlines()]


def kept_lines(name: str) -> list[str]:
    return [line.strip() for article in READ[name] for line in article.text.split("\n")]


# The seeds


def test_five_files_are_six_articles() -> None:
    assert {name: len(found) for name, found in READ.items()} == {
        "000_dda5cd465c1866ec.txt": 1,
        "001_49115f09a87326d7.txt": 1,
        "002_4be912556d114ff2.txt": 1,
        "003_a44ade0686d2f75e.txt": 1,
        "004_80e15f6e0de5e45f.txt": 2,
    }


@pytest.mark.parametrize("name", READ)
def test_every_long_line_survives(name: str) -> None:
    long = [line for line in raw_lines(name) if len(line.split()) >= 12]
    assert len(long) >= 10
    assert [line for line in long if line not in kept_lines(name)] == []


SHORT_BUT_SAID = {
    "000_dda5cd465c1866ec.txt": [
        "Moscow and Bamako: A Strengthening Alliance",
        "The West’s Narrative vs. Reality",
        "Ukraine’s Desperate Gambit in Africa",
    ],
    "001_49115f09a87326d7.txt": [
        "Wagner leaves Mali, Russia strengthens its presence in Africa",
        "Wagner retreat",
        "The role in Mali",
        "From Wagner to Africa Corps",
        "The return of Moscow",
    ],
    "002_4be912556d114ff2.txt": [
        "Wagner exits Mali after bloody defeats, replaced by another Kremlin-controlled force",
        "By Global Watch and AFP |",
        "Brutal methods",
        "The foreign fighters were Wagner mercenaries, say Western governments.",
    ],
    "003_a44ade0686d2f75e.txt": [
        "'Actively deployed'",
        "'Largely absent' from south",
        "'Russia's interests'",
        'She specified that "ground and air escorts have been put in place".',
        "Since January 2025, a further 434 have died, it said.",
        "Source: AFP",
    ],
    "004_80e15f6e0de5e45f.txt": [
        "Updated 07 June 2025",
        "Africa Corps is under direct command of the Russian defense ministry.",
        "Recent progress in talks",
        "Important details unfinalized",
    ],
}


@pytest.mark.parametrize(("name", "said"), SHORT_BUT_SAID.items())
def test_headings_and_short_sentences_survive(name: str, said: list[str]) -> None:
    assert [line for line in said if line not in kept_lines(name)] == []


GONE = {
    "000_dda5cd465c1866ec.txt": [
        "0 $", "2,500 $", "5,000 $", "500 $", "AUGUST 2025 يوم متبقٍ", "Support SouthFront", "SouthFront",
        "Illustrative Image", "Click to see full-size image", "MORE ON THE TOPIC:", "Subscribe", "Notify of", "guest",
        "56 Comments", "Oldest", "Newest Most Voted", "Inline Feedbacks", "View all comments", "56", "0",
        "Would love your thoughts, please comment.x", "()", "x",
    ],
    "002_4be912556d114ff2.txt": ["Do you like this article?", "Captcha *"],
    "004_80e15f6e0de5e45f.txt": ["Follow", "Updated 5 sec ago"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "boilerplate"), GONE.items())
def test_boilerplate_is_gone(name: str, boilerplate: list[str]) -> None:
    # It must be there to begin with, or the test would say nothing.
    assert [line for line in boilerplate if line not in raw_lines(name)] == []
    assert [line for line in boilerplate if line in kept_lines(name)] == []


@pytest.mark.parametrize("name", READ)
def test_nothing_else_is_gone(name: str) -> None:
    missing = {line for line in raw_lines(name) if line} - set(kept_lines(name))
    assert missing == set(GONE.get(name, []))


ONCE = [
    ("000_dda5cd465c1866ec.txt", "Russia’s Foothold in Africa: Wagner’s Legacy"),
    ("001_49115f09a87326d7.txt", "Wagner leaves Mali, Russia strengthens its presence in Africa"),
    ("002_4be912556d114ff2.txt", "Russian President Vladimir Putin greeting the leader of Mali's junta"),
    ("004_80e15f6e0de5e45f.txt", "Wagner Group leaving Mali after heavy losses"),
    ("004_80e15f6e0de5e45f.txt", "Progress for Ukraine talks in Paris uncertain"),
]


@pytest.mark.parametrize(("name", "beginning"), ONCE)
def test_headlines_and_captions_stay_once(name: str, beginning: str) -> None:
    assert sum(line.startswith(beginning) for line in raw_lines(name)) > 1
    assert sum(line.startswith(beginning) for line in kept_lines(name)) == 1


def test_a_standfirst_that_is_a_paragraph_too_keeps_its_place_in_the_prose() -> None:
    lines = kept_lines("002_4be912556d114ff2.txt")
    sentence = "The Russian paramilitary group's brutal methods on the ground in Mali have been regularly denounced by "
    place = max(i for i, line in enumerate(lines) if line.startswith(sentence))
    assert lines[place + 2].startswith("A United Nations report accused Mali's army")


@pytest.mark.parametrize("name", READ)
def test_articles_are_the_lines_of_the_file_in_order(name: str) -> None:
    lines = iter(raw_lines(name))
    assert [line for line in kept_lines(name) if line and line not in lines] == []


@pytest.mark.parametrize("name", READ)
def test_gaps_are_one_blank_line(name: str) -> None:
    for article in READ[name]:
        assert "\n\n\n" not in article.text
        assert article.text == article.text.strip()


def test_the_joined_article_is_one_of_its_own() -> None:
    first, second = READ[JOINED]
    assert first.meta.title == "Wagner Group leaving Mali after heavy losses but Russia’s Africa Corps to remain"
    assert first.meta.published == date(2025, 6, 7)
    assert first.text.endswith("They fight less than the ‘Rambo-type’ Wagner mercenaries,” Laessing said.")
    assert second == Article(
        article_id=second.article_id,
        text=second.text,
        meta=ArticleMeta(
            title="Progress for Ukraine talks in Paris uncertain with US focus shifting to Venezuela",
            language="en",
            source=JOINED,
            source_sha256=hashlib.sha256((SEEDS / JOINED).read_bytes()).hexdigest(),
        ),
    )
    assert second.text.startswith(second.meta.title + "\n\n  • Ukraine’s allies are meeting in Paris")
    assert "Wagner" not in second.text


def test_titles_without_a_sidecar_are_the_first_line_or_unknown() -> None:
    titles = {path.name[:3]: read_source(path.read_bytes(), path.name)[0].meta.title for path in FILES}
    assert titles == {
        "000": "Russia’s Foothold in Africa: Wagner’s Legacy and the Rise of the African Corps in Mali (18+)",
        "001": "Wagner leaves Mali, Russia strengthens its presence in Africa",
        "002": None,  # a section's name stands above the headline
        "003": None,  # there is none
        "004": "Wagner Group leaving Mali after heavy losses but Russia’s Africa Corps to remain",
    }


def test_the_seeds_are_in_english() -> None:
    assert {a.meta.language for path in FILES for a in read_source(path.read_bytes(), path.name)} == {"en"}


def test_no_rule_names_a_seed() -> None:
    words = re.compile(r"wagner|southfront|mali\b|sahel|kremlin|afp\.com|global watch", re.IGNORECASE)
    for module in (SEEDS.parent / "qa_service" / "parsing").glob("*.py"):
        assert words.findall(module.read_text(encoding="utf-8")) == [], module.name


# What identifies an article

PROSE = "The refinery in the north of the town processes gold that comes from forty small mines.\n\nIt opened in June."


def test_a_file_is_known_by_its_name_and_its_bytes() -> None:
    raw = PROSE.replace("\n", "\r\n").encode()
    (article,) = read_source(raw, "folder/gold.txt")
    assert article.text == PROSE
    assert article.meta.source == "folder/gold.txt"
    assert article.meta.source_sha256 == hashlib.sha256(raw).hexdigest()
    assert article.article_id == hashlib.sha256(f"folder/gold.txt\0{PROSE}".encode()).hexdigest()[:16]


def test_the_id_of_a_draft_comes_from_where_it_is_from_and_what_it_says() -> None:
    def derived(origin: str) -> str:
        return hashlib.sha256(f"{origin}\0{PROSE}".encode()).hexdigest()[:16]

    assert read_draft(ArticleDraft(PROSE))[0].article_id == derived("")
    url = "https://a.example/1"
    assert read_draft(ArticleDraft(PROSE, meta=ArticleMeta(url=url)))[0].article_id == derived(url)
    assert read_draft(ArticleDraft(PROSE, meta=ArticleMeta(source="a.txt")))[0].article_id == derived("a.txt")
    both = ArticleDraft(PROSE, meta=ArticleMeta(url=url, source="a.txt"))
    assert read_draft(both)[0].article_id == derived(f"a.txt\0\0{url}")
    of_outlet = ArticleDraft(PROSE, meta=ArticleMeta(outlet="AFP"))
    assert read_draft(of_outlet)[0].article_id == derived("\0AFP\0")
    assert read_draft(ArticleDraft(PROSE, article_id="p/1"))[0].article_id == "p/1"


def test_a_draft_keeps_its_metadata() -> None:
    url, day = "https://a.example/1", date(2024, 2, 29)
    meta = ArticleMeta("Gold", "The Times", "A. Writer", day, "fr", url, "gold.txt")
    (article,) = read_draft(ArticleDraft(PROSE + "\n", "id 1", meta))
    checksum = hashlib.sha256((PROSE + "\n").encode()).hexdigest()
    assert article == Article("id 1", PROSE, replace(meta, source_sha256=checksum))


def test_a_language_that_is_not_given_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "detect_language", lambda text: "xx" if text == PROSE else None)
    assert read_draft(ArticleDraft(PROSE))[0].meta.language == "xx"
    assert read_draft(ArticleDraft(PROSE, meta=ArticleMeta(language="de")))[0].meta.language == "de"


def test_an_article_split_off_inherits_only_its_source() -> None:
    text, url = (SEEDS / JOINED).read_text(encoding="utf-8"), "https://a.example"
    meta = ArticleMeta("T", "O", "A", date(2024, 1, 1), "fr", url, "s")
    first, second = read_draft(ArticleDraft(text, "given", meta))
    assert (first.article_id, first.meta.title, first.meta.outlet, first.meta.language) == ("given", "T", "O", "fr")
    assert (second.meta.outlet, second.meta.author, second.meta.published, second.meta.url) == (None, None, None, None)
    assert (second.meta.source, second.meta.source_sha256) == ("s", first.meta.source_sha256)
    assert second.article_id == hashlib.sha256(f"s\0{second.text}".encode()).hexdigest()[:16]
    assert second.meta.language == "en"


def test_an_article_that_a_file_holds_twice_is_there_once() -> None:
    whole = (SEEDS / JOINED).read_text(encoding="utf-8")
    first = whole[: whole.index("Progress for")]
    both = read_source(whole.encode(), "x.txt")
    assert read_source(f"{whole}\n\n\n{first}".encode(), "x.txt")[0].text == both[0].text
    again = read_source(f"{whole}\n\n\n{first}".encode(), "x.txt")
    assert [a.meta.title for a in again] == [a.meta.title for a in both]
    drafted = read_draft(ArticleDraft(f"{whole}\n\n\n{first}", meta=ArticleMeta(outlet="O")))
    assert [(a.text, a.meta.outlet) for a in drafted] == [(both[0].text, "O"), (both[1].text, None)]


def test_metadata_go_before_what_is_detected_and_describe_the_first_article() -> None:
    given = ArticleMeta("Given", language="fr", source="not looked at")
    first, second = read_source((SEEDS / JOINED).read_bytes(), "x.txt", given)
    assert (first.meta.title, first.meta.language, first.meta.source) == ("Given", "fr", "x.txt")
    assert second.meta.title is not None
    assert second.meta.title.startswith("Progress")
    assert second.meta.language == "en"


def test_a_clean_corpus_is_not_touched_but_for_its_line_ends() -> None:
    text = " Subscribe\r\nView all comments\rNo.\u2028x\n\n\n\n0 \n"
    (article,) = read_draft(ArticleDraft(text, article_id="1", cleaning=Cleaning.NONE))
    assert article.text == " Subscribe\nView all comments\nNo.\nx\n\n\n\n0 \n"
    assert article.meta.title is None


def test_plain_text_is_read_whatever_its_suffix() -> None:
    for suffix in (".txt", ".text", ".md", ".TXT", ".log", ".unknown", ""):
        assert read_source(PROSE.encode(), f"gold{suffix}")[0].text == PROSE


# What is refused


@pytest.mark.parametrize("text", ["", " ", "\n\u200b\n\ufeff\u00a0", "\0", "View all comments\n\nAdvertisement"])
def test_a_text_with_nothing_left_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="it contains only boilerplate") as caught:
        read_draft(ArticleDraft(text))
    assert caught.value.param == "text"


@pytest.mark.parametrize("raw", [b" \r\n\t", b"View all comments\nAdvertisement\n"])
def test_a_file_with_nothing_left_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"^a\.txt: it contains only boilerplate") as caught:
        read_source(raw, "a.txt")
    assert caught.value.param == "a.txt"


@pytest.mark.parametrize("field", ["text", "title", "outlet", "author", "url", "article_id"])
@pytest.mark.parametrize("clean", [True, False])
def test_half_a_surrogate_pair_is_refused_by_field(field: str, clean: bool) -> None:
    wrong = "a \ud800 b"
    if field in ("text", "article_id"):
        draft = replace(ArticleDraft(PROSE), **{field: wrong})
    else:
        draft = ArticleDraft(PROSE, meta=replace(ArticleMeta(), **{field: wrong}))
    with pytest.raises(InvalidInput, match=rf"^{field}: ") as caught:
        read_draft(replace(draft, cleaning=Cleaning.SCRAPED if clean else Cleaning.NONE))
    assert caught.value.param == field


def test_half_a_surrogate_pair_in_a_files_metadata_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^title: "):
        read_source(PROSE.encode(), "a.txt", ArticleMeta("\udfff"))


# Properties

LINES = st.sampled_from(
    [
        "", "", "Subscribe", "Follow", "Share", "View all comments", "56 Comments", "56", "x", "()", "0 $", "guest",
        "Support Example", "Example", "Updated 5 sec ago", "Updated 07 June 2025", "2 hours ago", "Advertisement",
        "A headline of the usual six words", "Another headline, about something else altogether", "By Jane Doe",
        "PARIS: The ministers of both countries met on Tuesday and agreed to meet again, an official said.",
        "The ministers of both countries met on Tuesday and agreed to meet again, an official said.",
        "They were asked twelve times whether that was all, and twelve times they said that it was.",
        "The verbs are:", "No.", "Source: AFP", "Facebook", "3 - 1", "• one thing", "Brutal methods",
        "الخبر العاجل اليوم؟",
    ]
)  # fmt: skip
PAGES = st.lists(LINES, max_size=40).map("\n".join)
SMALL = settings(max_examples=300, deadline=None)


@SMALL
@given(st.one_of(PAGES, st.text(st.characters(codec=None), max_size=200)))
@example("\r\x0b\x0c\x1c\x85\u2028\u2029\0\ufeff")
def test_a_draft_is_read_or_refused(text: str) -> None:
    try:
        found = read_draft(ArticleDraft(text))
    except InvalidInput as error:
        assert error.param == "text"
    else:
        assert all(a.text.strip() == a.text and a.text.encode() for a in found)
        assert len({a.article_id for a in found}) == len(found)


@pytest.mark.slow
@SMALL
@given(st.one_of(PAGES, st.text(max_size=200)))
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    try:
        found = read_draft(ArticleDraft(text))
    except InvalidInput:
        return
    for article in found:
        (again,) = read_draft(ArticleDraft(article.text))
        assert again.text == article.text


@SMALL
@given(PAGES)
def test_no_line_is_changed_and_no_order(text: str) -> None:
    try:
        found = read_draft(ArticleDraft(text))
    except InvalidInput:
        return
    lines = (line.strip() for line in text.split("\n"))
    assert all(line.strip() in lines for a in found for line in a.text.split("\n") if line)


@SMALL
@given(st.binary(max_size=300))
@example(b"\xff\xfe\0\xd8")
@example(b"\xff\xfe\0\0a\0b\0")
@example(b"\xef\xbb\xbf\xff")
def test_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        found = read_source(raw, "a.txt")
    except UnreadableSource as error:
        assert error.param == "a.txt"
        assert str(error).startswith("a.txt: ")
    else:
        assert all(a.text.encode() and "\0" not in a.text for a in found)
