from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from seed_set import (
    EXTRA_TAGS,
    SEEDS_SET,
    TYPE_TAGS,
    UNANSWERABLE_TAGS,
    EvidenceSpan,
    Scores,
    SeedQuestion,
    contains,
    first_right,
    load,
    score,
)

from qa_service.errors import InvalidInput

SEEDS = Path(__file__).parent.parent / "seeds"
README = SEEDS_SET.parent / "README.md"
JOINED_FILE = "004_80e15f6e0de5e45f.txt"
JOINED_TITLE = "Progress for Ukraine talks in Paris uncertain"


def squeeze(text: str) -> str:
    return " ".join(text.split())


QUESTIONS = load()
ANSWERABLE = [question for question in QUESTIONS if question.answerable]
UNANSWERABLE = [question for question in QUESTIONS if not question.answerable]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}
LINES = {name: [squeeze(line) for line in text.splitlines()] for name, text in TEXTS.items()}
SPANS = [(question, span) for question in ANSWERABLE for span in question.evidence]


# The set


def test_the_set_is_as_large_as_promised() -> None:
    tags = Counter(tag for question in QUESTIONS for tag in question.tags)
    assert len(ANSWERABLE) >= 90
    assert len(UNANSWERABLE) >= 30
    for tag, least in {"paraphrase": 30, "multi": 8, "outlet": 5, "joined": 6}.items():
        assert tags[tag] >= least, tag
    for tag in UNANSWERABLE_TAGS:
        assert tags[tag] >= 10, tag


def test_no_question_is_asked_twice() -> None:
    assert len({question.question.casefold() for question in QUESTIONS}) == len(QUESTIONS)


def test_questions_are_plain_questions() -> None:
    for question in QUESTIONS:
        assert question.question == squeeze(question.question)
        assert question.question.endswith("?"), question.id
        assert question.id.startswith("a" if question.answerable else "u"), question.id


def test_every_question_has_one_type_and_only_tags_of_its_kind() -> None:
    for question in QUESTIONS:
        tags = set(question.tags)
        assert len(tags) == len(question.tags), question.id
        assert len(tags & TYPE_TAGS) == 1, question.id
        rest = tags - TYPE_TAGS
        if question.answerable:
            assert rest <= EXTRA_TAGS, question.id
        else:
            assert len(rest) == 1 and rest <= UNANSWERABLE_TAGS, question.id


def test_every_span_stands_whole_in_one_line_of_its_file() -> None:
    for question, span in SPANS:
        pattern = re.compile(r"(?<!\w)" + re.escape(span.text) + r"(?!\w)")
        assert span.source in TEXTS, question.id
        assert any(pattern.search(line) for line in LINES[span.source]), (question.id, span.text)


def test_no_span_is_given_twice_or_too_short_to_mean_one_thing() -> None:
    for question in ANSWERABLE:
        assert len(set(question.evidence)) == len(question.evidence), question.id
    assert [span.text for _, span in SPANS if len(span.text.split()) < 5] == []


def test_a_span_stands_at_one_place_unless_the_outlet_repeats_the_whole_line() -> None:
    for question, span in SPANS:
        holders = sorted((line for line in LINES[span.source] if span.text in line), key=len)
        assert all(line.count(span.text) == 1 for line in holders), (question.id, span.text)
        assert all(holders[0] in line for line in holders), (question.id, span.text)


def test_a_span_that_stands_in_another_seed_too_is_listed_there() -> None:
    for question, span in SPANS:
        elsewhere = {name for name, text in TEXTS.items() if contains(text, span.text)}
        assert elsewhere <= {each.source for each in question.evidence}, (question.id, span.text)


def test_questions_about_the_joined_article_are_exactly_those_answered_after_its_title() -> None:
    start = TEXTS[JOINED_FILE].index(JOINED_TITLE)
    for question, span in SPANS:
        after = span.source == JOINED_FILE and contains(TEXTS[JOINED_FILE][start:], span.text)
        assert after == ("joined" in question.tags), (question.id, span.text)


def test_questions_of_several_sources_have_several_spans() -> None:
    several = [question for question in ANSWERABLE if "multi" in question.tags]
    assert [question.id for question in several if len({span.source for span in question.evidence}) < 2] == []


def test_the_spans_are_spread_over_beginning_middle_and_end_of_every_seed() -> None:
    places: Counter[tuple[str, int]] = Counter()
    for source, text in {(span.source, span.text) for _, span in SPANS}:
        flat = squeeze(TEXTS[source])
        places[source, 3 * flat.index(text) // len(flat)] += 1
    for name in TEXTS:
        for third in range(3):
            assert places[name, third] >= 4, (name, third)


def test_the_readme_counts_what_is_in_the_set() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (\d+) \| (\d+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    answerable = Counter(tag for question in ANSWERABLE for tag in question.tags)
    unanswerable = Counter(tag for question in UNANSWERABLE for tag in question.tags)
    expected = {tag: (answerable[tag], unanswerable[tag]) for tag in sorted(TYPE_TAGS | EXTRA_TAGS | UNANSWERABLE_TAGS)}
    assert len(rows) == len(expected)
    assert {tag: (int(left), int(right)) for tag, left, right in rows} == expected
    totals = re.search(r"They answer (\d+) questions and do not answer (\d+)\.", README.read_text(encoding="utf-8"))
    assert totals is not None
    assert [int(total) for total in totals.groups()] == [len(ANSWERABLE), len(UNANSWERABLE)]


# Containing and scoring


def asked(id: str, *spans: str, tags: tuple[str, ...] = ("who",)) -> SeedQuestion:
    evidence = tuple(EvidenceSpan("a.txt", span) for span in spans)
    return SeedQuestion(id, "Who?", ("someone",) if spans else (), evidence, bool(spans), tags)


def test_white_space_is_collapsed_on_both_sides() -> None:
    assert contains("It was\n\n the \u00a0 Kremlin,\tthey said", "was the  Kremlin,\nthey")


@pytest.mark.parametrize("text", ["", "the Kreml", "The Kremlin", "in the  kremlin", "the Krem lin"])
def test_a_span_that_is_cut_or_spelt_otherwise_is_not_contained(text: str) -> None:
    assert not contains(text, "the Kremlin")


def test_a_blank_span_is_refused() -> None:
    with pytest.raises(InvalidInput, match="blank"):
        contains("anything", " \n")


def test_first_right_is_the_rank_of_any_one_span_and_ends_at_ten() -> None:
    question = asked("a", "red fox", "blue bird")
    assert first_right(question, ["red", "a blue  bird", "a red fox"]) == 2
    assert first_right(question, ["no"] * 9 + ["red fox"]) == 10
    assert first_right(question, ["no"] * 10 + ["red fox"]) is None
    assert first_right(question, []) is None


def test_scores_by_hand() -> None:
    questions = [
        asked("one", "x", tags=("who", "paraphrase")),
        asked("two", "x", tags=("who",)),
        asked("four", "x", tags=("when", "paraphrase")),
        asked("never", "x", tags=("when",)),
        asked("none", tags=("why", "off-topic")),
    ]
    rankings = {
        "one": ["x"],
        "two": ["-", "x", "x"],
        "four": ["-", "-", "-", "x"],
        "never": ["-"],
        "none": ["x"],
    }
    # Ranks 1, 2, 4 and none: reciprocals 1 + 1/2 + 1/4 + 0 = 7/4 over 4 questions.
    assert score(rankings, questions) == Scores(
        questions=4,
        first=0.25,
        first_three=0.5,
        mrr=0.4375,
        by_tag={
            "paraphrase": Scores(questions=2, first=0.5, first_three=0.5, mrr=0.625),
            "when": Scores(questions=2, first=0.0, first_three=0.0, mrr=0.125),
            "who": Scores(questions=2, first=0.5, first_three=1.0, mrr=0.75),
        },
    )


def test_third_place_counts_among_the_first_three() -> None:
    assert score({"a": ["-", "-", "x"]}, [asked("a", "x")]).first_three == 1.0


def test_the_whole_seed_files_as_passages_answer_every_question() -> None:
    scores = score({question.id: ["\n".join(TEXTS.values())] for question in ANSWERABLE})
    assert (scores.questions, scores.first, scores.mrr) == (len(ANSWERABLE), 1.0, 1.0)


@pytest.mark.parametrize(
    ("rankings", "questions", "complaint"),
    [
        ({}, [asked("a", "x")], "question 'a' has no ranking"),
        ({"a": [], "b": []}, [asked("a", "x")], "no question has the id 'b'"),
        ({"n": []}, [asked("n")], "nothing to score"),
    ],
)
def test_a_run_that_does_not_fit_the_set_is_refused(
    rankings: dict[str, list[str]], questions: list[SeedQuestion], complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        score(rankings, questions)


# Loading

ROW = {
    "id": "a",
    "question": "Who?",
    "answers": ["he"],
    "evidence": [{"source": "a.txt", "text": "he did"}],
    "answerable": True,
    "tags": ["who"],
}


def test_a_question_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    assert load(path) == [SeedQuestion("a", "Who?", ("he",), (EvidenceSpan("a.txt", "he did"),), True, ("who",))]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"tag": "who"}, "tag"),
        ({"question": "  "}, "not blank"),
        ({"id": 7}, "not blank"),
        ({"evidence": [{"source": "a.txt"}]}, "text"),
        ({"answerable": "yes"}, "true or false"),
        ({"evidence": []}, "exactly where answerable"),
        ({"answers": []}, "exactly where answerable"),
        ({"answerable": False}, "exactly where answerable"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_number(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(ROW) + "\n" + json.dumps({**ROW, "id": "b", **change}) + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"set\.jsonl, line 2 .*" + complaint) as caught:
        load(path)
    assert caught.value.param == "set.jsonl"


@pytest.mark.parametrize("line", ["{", "[]", '"text"', "", "{}"])
def test_a_line_that_is_no_object_with_the_fields_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 1"):
        load(path)


def test_an_id_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(2 * (json.dumps(ROW) + "\n"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2: the id 'a' occurs twice"):
        load(path)
