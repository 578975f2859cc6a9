"""Question sets of every format: what is read, what is refused and where, and that reading takes little memory."""

from __future__ import annotations

import hashlib
import json
import pickle
import tracemalloc
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets import FORMATS, open_questions
from qa_service.evaluation.sets.answer_strings import has_words
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan
from qa_service.evaluation.sets.json_lines import FIELDS
from qa_service.evaluation.sets.qrels import read_qrels
from qa_service.records import Filters

SEEDS = Path(__file__).parent / "sets" / "seeds.jsonl"


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refusal(path: Path, **how: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        open_questions(path, **how)  # type: ignore[arg-type]
    return caught.value


# JSON Lines


def test_the_seed_set_opens() -> None:
    found = open_questions(SEEDS)
    assert (found.name, found.path, found.format, found.total, len(found)) == ("seeds", SEEDS, "jsonl", 194, 194)
    assert found.kinds == {"evidence", "answer"}
    assert found.sha256 == hashlib.sha256(SEEDS.read_bytes()).hexdigest()
    questions = list(found)
    assert sum(q.answerable is True for q in questions) == 155
    assert questions[0].evidence[0] == GoldSpan(
        source="000_dda5cd465c1866ec.txt", text="The African Corps, a direct extension of Russia’s Defense Ministry"
    )
    assert list(found) == questions


def test_every_field_of_json_lines(tmp_path: Path) -> None:
    line = {
        "id": "q 1", "question": "Who? ", "answers": ["x", "b"], "answerable": True, "tags": ["who"], "language": "EN",
        "evidence": [{"source": "a.txt", "text": "x  y"}, {"article_id": "a/1", "start": 0, "end": 4}],
        "articles": {"a1": 2, "a2": 0}, "passages": ["p1"],
        "filters": {"outlet": ["AFP"], "language": ["FR"], "author": ["Ann"], "article_id": ["a1"],
                    "published_from": "2025-01-01", "published_to": "2025-01-01"},
    }  # fmt: skip
    path = put(tmp_path / "set.jsonl", "\ufeff\n" + json.dumps(line) + '\r\n\n{"id": "2", "question": "Why?"}')
    day = date(2025, 1, 1)
    found = open_questions(path)
    assert list(found) == [
        EvaluationQuestion(
            "q 1", "Who? ", ("x", "b"),
            (GoldSpan(source="a.txt", text="x  y"), GoldSpan(article_id="a/1", start=0, end=4)),
            {"a1": 2, "a2": 0}, {"p1": 1}, True,
            Filters(
                outlet=("AFP",), language=("fr",), article_id=("a1",), published_from=day, published_to=day,
                author=("Ann",),
            ),
            ("who",), "en",
        ),
        EvaluationQuestion("2", "Why?"),
    ]  # fmt: skip
    assert found.kinds == {"passage", "evidence", "article", "answer"}


GOOD = '{"id": "1", "question": "Why?"}\n'
WRONG = [
    ("{", "is not complete JSON (ends before it is closed)", None),
    ("[" * 100_000, "is not JSON", None),
    ("[]", "is not a JSON object", None),
    ('{"id": "1", "question": "Who?"}', "id: '1' was given on line 1 already", "id"),
    ('{"id": "2", "id": "3", "question": "Who?"}', "id: stands twice", "id"),
    ('{"question": "Who?"}', "id: is missing", "id"),
    ('{"id": 2, "question": "Who?"}', "id: must be a text (got 2)", "id"),
    ('{"id": "a\\n", "question": "Who?"}', "id: must not hold control characters", "id"),
    ('{"id": "2"}', "question: is missing", "question"),
    ('{"id": "2", "question": " "}', "question: must not be blank", "question"),
    (json.dumps({"id": "2", "question": "x" * 2001}), "question: has 2001 characters", "question"),
    ('{"id": "2", "question": "\\ud800"}', "question: holds half of a surrogate pair", "question"),
    ('{"id": "2", "question": "W", "answer": "x"}', "answer: there is no such field; did you mean answers?", "answer"),
    ('{"id": "2", "question": "Who?", "answers": "x"}', "answers: must be a list of texts", "answers"),
    ('{"id": "2", "question": "Who?", "answers": ["x", 1]}', "answers[1]: must be a text", "answers[1]"),
    ('{"id": "2", "question": "Who?", "answers": ["The", "…"]}', "answers: 'The' has no word", "answers"),
    ('{"id": "2", "question": "Who?", "tags": ["x", "x"]}', "tags: 'x' stands there twice", "tags"),
    ('{"id": "2", "question": "Who?", "answerable": "no"}', "answerable: must be true, false or null", "answerable"),
    ('{"id": "2", "question": "Who?", "answerable": false, "answers": ["x"]}', "is false, but answers", "answerable"),
    ('{"id": "2", "question": "Who?", "language": "eng"}', "language: must be a language", "language"),
    ('{"id": "2", "question": "Who?", "articles": {"a": 1.5}}', "articles.a: must be a whole number", "articles.a"),
    ('{"id": "2", "question": "Who?", "articles": "a"}', "articles: must be ids with grades", "articles"),
    ('{"id": "2", "question": "Who?", "filters": {"outlets": []}}', "filters.outlets: there is no", "filters.outlets"),
    ('{"id": "2", "question": "Who?", "filters": []}', "filters: must be an object", "filters"),
    ('{"id": "2", "question": "Who?", "filters": {"outlet": "AFP"}}', "outlet: must be a list", "filters.outlet"),
    (
        '{"id": "2", "question": "Who?", "filters": {"published_from": "2025-02-30"}}',
        "filters.published_from: must be a date such as",
        "filters.published_from",
    ),
    (
        '{"id": "2", "question": "Who?", "filters": {"published_from": "2025-01-02", "published_to": "2025-01-01"}}',
        "2025-01-01 is before published_from, 2025-01-02",
        "filters.published_to",
    ),
    ('{"id": "2", "question": "Who?", "evidence": [{"text": "x"}]}', "evidence[0]: must have source", "evidence[0]"),
    ('{"id": "2", "question": "Who?", "evidence": [{"txt": 1}]}', "evidence[0].txt: there is no", "evidence[0].txt"),
    (
        '{"id": "2", "question": "Who?", "evidence": [{"article_id": "a", "start": true, "end": 2}]}',
        "evidence[0].start: must be a whole number",
        "evidence[0].start",
    ),
    (
        '{"id": "2", "question": "Who?", "evidence": [{"article_id": "a", "start": 2, "end": 2}]}',
        "evidence[0].end: 2 is not after start, 2",
        "evidence[0].end",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("line", "complaint", "param"), WRONG)
def test_what_is_wrong_is_named_with_file_line_and_field(
    tmp_path: Path, line: str, complaint: str, param: str | None
) -> None:
    path = put(tmp_path / "set.jsonl", GOOD + "\n" + line + "\n")
    error = refusal(path)
    assert error.message.startswith(f"{path}, line 3")
    assert complaint in error.message
    assert error.param == (param or "questions")


def test_another_encoding_names_the_file(tmp_path: Path) -> None:
    latin = put(tmp_path / "latin.jsonl", GOOD.encode() + '{"id": "2", "question": "Café?"}'.encode("latin-1"))
    assert f"{latin}, line 2: is not UTF-8 (byte 0xe9). Save the file as UTF-8" in refusal(latin).message
    utf16 = put(tmp_path / "utf16.jsonl", GOOD.encode("utf-16"))
    assert f"{utf16}, line 1: is UTF-16, not UTF-8" in refusal(utf16).message
    squad = put(tmp_path / "s.json", b'{"data": [\n{"title": "caf\xe9"}]}')
    assert f"{squad}, line 2: is not UTF-8" in refusal(squad).message
    cut = put(tmp_path / "cut.json", b'{"data": [\n\xc3')
    assert f"{cut}, line 2: is not UTF-8: it ends within a character" in refusal(cut).message


def write_questions(questions: Iterable[EvaluationQuestion], path: Path) -> None:
    """Write questions as JSON Lines. Empty fields are left out."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for question in questions:
            file.write(json.dumps(_plain(question), ensure_ascii=False) + "\n")


def _plain(question: EvaluationQuestion) -> dict[str, Any]:
    filters = {n: _json(v) for n, v in asdict(question.filters).items() if v}
    spans = [{n: v for n, v in asdict(span).items() if v is not None} for span in question.evidence]
    values = {name: _json(getattr(question, name)) for name in FIELDS} | {"filters": filters, "evidence": spans}
    return {name: value for name, value in values.items() if value is False or value}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
ID = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
LANGUAGE = st.sampled_from(["en", "fr", "ar"])
SPAN = st.builds(GoldSpan, source=TEXT, text=TEXT) | st.builds(
    lambda a, s, n: GoldSpan(article_id=a, start=s, end=s + n), ID, st.integers(0, 10**6), st.integers(1, 99)
)
GRADES = st.dictionaries(ID, st.integers(0, 3), max_size=3)
ANSWERS = st.lists(TEXT.filter(has_words), max_size=3).map(tuple)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
DAYS = st.tuples(st.none() | st.dates(), st.none() | st.dates()).map(
    lambda days: days if None in days else tuple(sorted(days))
)
FILTERS = st.builds(
    lambda outlet, language, ids, days, author: Filters(
        outlet=outlet, language=language, article_id=ids, published_from=days[0], published_to=days[1], author=author
    ),
    TEXTS, st.lists(LANGUAGE, max_size=2).map(tuple), TEXTS, DAYS, TEXTS,
)  # fmt: skip
TAGS = st.lists(TEXT, max_size=3, unique=True).map(tuple)
QUESTION = st.one_of(
    st.builds(
        EvaluationQuestion, ID, TEXT, ANSWERS, st.lists(SPAN, max_size=3).map(tuple), GRADES, GRADES,
        st.sampled_from([True, None]), FILTERS, TAGS, st.none() | LANGUAGE,
    ),
    st.builds(EvaluationQuestion, ID, TEXT, answerable=st.just(False), filters=FILTERS, tags=TAGS),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(questions=st.lists(QUESTION, min_size=1, max_size=4, unique_by=lambda q: q.id))
def test_what_is_written_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, questions: list[EvaluationQuestion]
) -> None:
    path = tmp_path_factory.mktemp("sets") / "written.jsonl"
    write_questions(questions, path)
    assert list(open_questions(path)) == questions


# CSV


def test_a_table(tmp_path: Path) -> None:
    text = (
        "\ufeffquestion,id,answers,answerable,tags,language,article_id,outlet,author,published_from,published_to\r\n"
        '"Who, and\r\n""why""?",1,Ann | Bo,yes,who|two,EN,a1|a2,AFP,Eve Ray|Bo Li,2025-01-01,\r\n'
        ",,,,,,,,,,\r\n"
        "Where?,2,,FALSE,,,,,,,\r\n"
    )
    found = open_questions(put(tmp_path / "set.csv", text))
    assert list(found) == [
        EvaluationQuestion(
            "1", 'Who, and\r\n"why"?', ("Ann", "Bo"), (), {"a1": 1, "a2": 1}, {}, True,
            Filters(outlet=("AFP",), author=("Eve Ray", "Bo Li"), published_from=date(2025, 1, 1)), ("who", "two"),
            "en",
        ),
        EvaluationQuestion("2", "Where?", answerable=False),
    ]  # fmt: skip
    assert (found.format, found.kinds) == ("csv", {"article", "answer"})


OFFICE = Path(__file__).parent / "formats" / "rows"
"""Made by LibreOffice."""


@pytest.mark.parametrize("name", ["questions.xlsx", "questions.ods", "questions-cp1252.csv"])
def test_a_spreadsheet_as_people_make_it(name: str) -> None:
    """A title above the header, usual names, no ids, evidence without its place, a column of notes, empty rows."""
    found = open_questions(OFFICE / name)
    assert list(found) == [
        EvaluationQuestion(
            "4", "Who owns the café?", ("Zoë Müller", "Müller"), (GoldSpan(text="The café belongs to Zoë Müller."),),
            answerable=True,
        ),
        EvaluationQuestion("6", "When did it open,\nand where?", ("3 May",), answerable=True),
        EvaluationQuestion("7", "What is the capital of Peru?", answerable=False),
    ]  # fmt: skip
    assert (found.format, found.unread) == ("csv", ("Notes",))


FORMS = [
    ("ID;Frage;Erwartete Antwort;Beantwortbar;;\r\nq1;Wer, wann?;Zoë – „ja“;WAHR;;\r\n;;;;;\r\n", "utf-8-sig"),
    ("sep=;\r\nid;QUESTION ;Answer;is answerable\r\nq1;Wer, wann?;Zoë – „ja“;yes\r\n", "cp1252"),
    ("id\tquestion\tground_truth\tanswerable\r\nq1\tWer, wann?\tZoë – „ja“\ttrue\r\n", "utf-16"),
    ('id,question,expectedAnswer,answerable\rq1,"Wer, wann?",Zoë – „ja“,1\r', "utf-8"),
]


@pytest.mark.parametrize(("text", "encoding"), FORMS)
@pytest.mark.parametrize("name", ["set.csv", "set.txt"])
def test_a_table_in_any_form(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    path = put(tmp_path / name, text.encode(encoding))
    wanted = EvaluationQuestion("q1", "Wer, wann?", ("Zoë – „ja“",), answerable=True)
    assert list(open_questions(path)) == [wanted]


def test_evidence_in_a_table_stands_in_its_file_or_article(tmp_path: Path) -> None:
    text = "question,article id,source file,evidence\nWho?,a1,,It is Ann.\nWhy?,,a.txt,So it is.|It was.\n"
    assert [question.evidence for question in open_questions(put(tmp_path / "set.csv", text))] == [
        (GoldSpan(article_id="a1", text="It is Ann."),),
        (GoldSpan(source="a.txt", text="So it is."), GoldSpan(source="a.txt", text="It was.")),
    ]


WRONG_TABLES = [
    ("id,question,answrs\n", "row 1, answrs: there is no such column; did you mean answers? Known are id, question"),
    ("id,id,question\n", "row 1, id: stands in the header twice"),
    ("id,answers\n", "row 1, question: the header has no such column"),
    ("id,question\n1,Who?\n2,Who, why?\n", "row 3: has 3 fields, the header has 2"),
    ('id,question\n1,"Who\nis?"\n2,\n', "row 3, question: must not be blank"),
    ('id,question\n1,"Who?\n', "row 2: is not CSV: unexpected end of data"),
    ("sep=;\n\nid;question;answerable\n1;Who?;perhaps\n", "row 3, answerable: must be true, false or empty"),
    ("id,question,answers\n1,Who?,a||b\n", "row 2, answers: has nothing before, between or after '|'"),
    ("id,question,published_to\n1,Who?,soon\n", "row 2, filters.published_to: must be a date"),
    ("id,question\n1,Who?\n1,Why?\n", "row 3, id: '1' was given in row 2 already"),
    ("id,question\n", "holds no question"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG_TABLES)
def test_what_is_wrong_in_a_table_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = put(tmp_path / "set.csv", text)
    error = refusal(path)
    assert error.message.startswith(f"{path}")
    assert complaint in error.message


# BEIR


def beir(folder: Path, queries: list[object], **qrels: str) -> Path:
    put(folder / "queries.jsonl", "".join(json.dumps(q) + "\n" for q in queries))
    for name, text in qrels.items():
        put(folder / "qrels" / f"{name}.tsv", "query-id\tcorpus-id\tscore\n" + text)
    return folder


QUERIES: list[object] = [
    {"_id": "1", "text": "Who?", "metadata": {"answers": ["Ann", ""], "question_type": "inference", "lang": "en-GB"}},
    {"_id": "2", "text": "Not judged"},
    {"_id": "3", "text": "Nothing?", "metadata": {"unanswerable": True, "answers": [""]}},
    {"_id": "4", "text": "Null?", "metadata": {"question_type": "null_query", "answers": ["Insufficient."]}},
    {"_id": "5", "text": "Judged, none relevant", "metadata": {"language": "fr", "colour": "red"}},
]  # fmt: skip


def test_a_beir_folder(tmp_path: Path) -> None:
    folder = beir(tmp_path / "news", QUERIES, test="1\td 1\t2\n5\td2\t0\n1\td2\t0\n", train="2\td1\t1\n")
    found = open_questions(folder)
    assert list(found) == [
        EvaluationQuestion(
            "1", "Who?", ("Ann",), (), {"d 1": 2, "d2": 0}, {}, True, tags=("inference",), language="en"
        ),
        EvaluationQuestion("3", "Nothing?", answerable=False),
        EvaluationQuestion("4", "Null?", answerable=False, tags=("null_query",)),
        EvaluationQuestion("5", "Judged, none relevant", articles={"d2": 0}, language="fr"),
    ]
    files = b"".join(f.read_bytes() for f in (folder / "queries.jsonl", folder / "qrels" / "test.tsv"))
    assert found.sha256 == hashlib.sha256(files).hexdigest()
    assert (found.name, found.format, found.kinds) == ("news", "beir", {"article", "answer"})


def test_which_qrels_are_taken(tmp_path: Path) -> None:
    folder = beir(tmp_path, QUERIES, dev="1\td1\t1\n")
    assert [q.id for q in open_questions(folder)] == ["1", "3", "4"]
    beir(tmp_path, QUERIES, train="2\td1\t1\n")
    error = refusal(folder)
    assert "holds dev.tsv, train.tsv. Name the one that is meant with --qrels FILE" in error.message
    assert error.param == "qrels"
    train = folder / "qrels" / "train.tsv"
    assert [q.id for q in open_questions(folder, qrels=train)] == ["2", "3", "4"]
    assert [q.id for q in open_questions(folder / "queries.jsonl", qrels=train)] == ["2", "3", "4"]


def test_a_beir_folder_without_its_files(tmp_path: Path) -> None:
    message = refusal(tmp_path).message
    assert (
        message
        == f"{tmp_path}/queries.jsonl: there is no such file. A BEIR folder holds queries.jsonl and qrels/*.tsv."
    )
    for n in range(4):
        put(tmp_path / f"set{n}.jsonl", GOOD)
    assert "name the file itself: it has set0.jsonl, set1.jsonl, set2.jsonl …." in refusal(tmp_path).message
    put(tmp_path / "queries.jsonl", "{}")
    assert "qrels: there is no *.tsv in it. Name the judgements with --qrels FILE" in refusal(tmp_path).message


WRONG_QRELS = [
    ("1\td1\n", "line 2: must be query-id, corpus-id and score with tabs between"),
    ("1\td1\thigh\n", "line 2, score: must be a whole number (got 'high')"),
    ("1\td1\t1.5\n", "line 2, score: must be a whole number (got '1.5')"),
    ("1\td1\t1\n1\td1\t0\n", "line 3, score: 'd1' was given grade 1 for question '1' already"),
    ("1\td1\t1\n\n9\td1\t1\n8\td1\t1\n", "line 4, query-id: there is no question '9' in the set"),
    ("1\t \t1\n", "line 2, corpus-id: must not be blank"),
    ("", "qrels: holds no judgement. A line is such as `q1 0 a1 1`"),
    ("1\td1\n1\td1\thigh\n", "line 3, score: must be a whole number (got 'high')."),
    ("9\td1\t1\n9\td2\t1\n8\td1\t1\n", "line 4, query-id: there is no question '8' in the set"),
]


def test_qrels_of_either_kind_as_grades(tmp_path: Path) -> None:
    trec = read_qrels(put(tmp_path / "a", "q2 0 d 1\nq1 0 d2 -1\nq1 0 d1 2.0\nq2 0 d 1\n"))
    beir_like = read_qrels(put(tmp_path / "b", "query-id\tcorpus-id\tscore\nq2\td\t1\nq1\td2\t-1\nq1\td1\t2.0\n"))
    assert trec.grades() == beir_like.grades() == {"q2": {"d": 1}, "q1": {"d2": 0, "d1": 2}}
    assert list(trec.grades()) == ["q2", "q1"]
    assert trec.of("q1") == {"d2": -1, "d1": 2}
    with pytest.raises(InvalidInput, match="line 2, score: 'd' was given grade 1 for question 'q' already"):
        read_qrels(put(tmp_path / "c", "q 0 d 1\nq 0 d 2\n")).grades()


@pytest.mark.parametrize(("text", "complaint"), WRONG_QRELS)
def test_what_is_wrong_in_qrels_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    error = refusal(beir(tmp_path, QUERIES, test=text))
    assert error.message.startswith(str(tmp_path / "qrels" / "test.tsv"))
    assert complaint in error.message


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"text": "Who?"}, "line 1, _id: is missing"),
        ({"_id": "1", "text": 3}, "line 1, text: must be a text"),
        ({"_id": "1", "text": "x", "metadata": []}, None),
        ({"_id": "1", "text": "x", "metadata": "m"}, "line 1, metadata: must be an object"),
        ({"_id": "1", "text": "x", "metadata": {"unanswerable": "y"}}, "line 1, metadata.unanswerable: must be true"),
        ({"_id": "1", "text": "x", "metadata": {"unanswerable": True}}, "says that nothing answers, but"),
        ({"_id": "1", "text": "x", "metadata": {"answers": "a"}}, "line 1, metadata.answers: must be a list"),
    ],
)
def test_what_is_wrong_in_queries_is_named(tmp_path: Path, query: object, complaint: str | None) -> None:
    folder = beir(tmp_path, [query], test="1\td1\t1\n")
    if complaint is None:
        assert open_questions(folder).total == 1
    else:
        assert complaint in refusal(folder).message


# TREC

TOPICS = """<?xml version="1.0"?>
<topics>
<top>
<num> Number: 301
<title> International
 Organized &amp; AT&T Crime

<desc> Description:
Identify <title>.
</top>
<top><num>302</num><title>Topic: Polio</title></top>
<TOP>
<num> Number: 303 <dom> Domain: x
<title> Hubble
</TOP>
</topics>
"""


def test_topics_with_tags(tmp_path: Path) -> None:
    topics = put(tmp_path / "topics.txt", TOPICS)
    qrels = put(tmp_path / "qrels.txt", "301 0 FBIS-1 1\n301 0 FBIS-2 0\n303 0 FT-1 2\n")
    found = open_questions(topics, qrels=qrels)
    assert list(found) == [
        EvaluationQuestion(
            "301", "International Organized & AT&T Crime", articles={"FBIS-1": 1, "FBIS-2": 0}, answerable=True
        ),
        EvaluationQuestion("303", "Hubble", articles={"FT-1": 2}, answerable=True),
    ]
    assert (found.name, found.format, found.kinds) == ("topics", "trec", {"article"})


def test_topics_a_line_each(tmp_path: Path) -> None:
    topics = put(tmp_path / "topics.tsv", "q1\tWho? \r\nq2\tWhy?\n")
    qrels = put(tmp_path / "qrels.tsv", "\ufeffq2\t0\td1\t-1\n")
    assert list(open_questions(topics, qrels=qrels)) == [EvaluationQuestion("q2", "Why?", articles={"d1": -1})]


WRONG_TOPICS = [
    ("<top>\n<title> x\n</top>\n", "line 1, num: the topic has none"),
    ("\n<top>\n<num> 1\n</top>\n", "line 2, title: the topic has none"),
    ("<top>\n<num> 1 <title> x\n", "line 1, <top>: is never closed"),
    ("<top>\n<num> 1 <title> x\n<top>\n", "line 3, <top>: begins before that of line 1 ended"),
    ("<top><num> 1 <title> x</top>\n\nstray\n", "line 3: stands outside <top> and </top> (got 'stray')"),
    ("<top><num> 1 <title> x</top></top>\n", "line 1, </top>: stands before a <top>"),
    ("<top><num> 1 <title> </top>\n", "line 1, title: must not be blank"),
    ("1\tWho?\n1 Who?\n", "line 2: must be an id, one tab and the question"),
    ("1\tWho?\n1\tWhy?\n", "line 2, id: '1' was given on line 1 already"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG_TOPICS)
def test_what_is_wrong_in_topics_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    topics = put(tmp_path / "topics.txt", text)
    error = refusal(topics, qrels=put(tmp_path / "qrels.txt", "1 0 d1 1\n"))
    assert error.message.startswith(f"{topics}, ")
    assert complaint in error.message


def test_topics_need_qrels(tmp_path: Path) -> None:
    topics = put(tmp_path / "topics.txt", TOPICS)
    assert "Name their file with --qrels FILE" in refusal(topics).message
    assert "gone: cannot be read: No such file" in refusal(topics, qrels=tmp_path / "gone").message


# SQuAD


def squad(*qas: object, title: object = "Normans") -> dict[str, object]:
    return {"version": 2.0, "data": [{"title": title, "paragraphs": [{"context": "c", "qas": list(qas)}]}], "more": 1}


def answer(text: object) -> dict[str, object]:
    return {"text": text, "answer_start": 3}


@pytest.mark.parametrize("indent", [None, 2])
def test_squad(tmp_path: Path, indent: int | None) -> None:
    document = squad(
        {"id": "a", "question": "Where?", "answers": [answer("France"), answer("in France"), answer("France")]},
        {"id": "b", "question": "Why?", "answers": [], "is_impossible": True, "plausible_answers": [answer("x")]},
        {"id": "c", "question": "Unlabelled?", "answers": []},
    )
    found = open_questions(put(tmp_path / "dev.json", json.dumps(document, indent=indent)))
    tags = ("Normans",)
    assert list(found) == [
        EvaluationQuestion("a", "Where?", ("France", "in France"), answerable=True, tags=tags),
        EvaluationQuestion("b", "Why?", answerable=False, tags=tags),
        EvaluationQuestion("c", "Unlabelled?", tags=tags),
    ]
    assert (found.name, found.format, found.kinds) == ("dev", "squad", {"answer"})


WRONG_SQUAD = [
    ('{"data": [\n{"title": "x"}]}', "line 2, data[0].paragraphs: is missing. Give a list"),
    ('{"data": [{"paragraphs": [{"qas": [{"id": "1"}]}]}]}', "data[0].paragraphs[0].qas[0].question: is missing"),
    (json.dumps(squad({"id": "1", "question": "x", "answers": "y"})), "qas[0].answers: must be a list"),
    (json.dumps(squad({"id": "1", "question": "x", "answers": [answer(1)]})), "answers[0].text: must be a text"),
    (json.dumps(squad(3)), "data[0].paragraphs[0].qas[0]: must be an object"),
    (json.dumps(squad(title=3)), "data[0].title: must be a text"),
    (
        json.dumps(squad({"id": "1", "question": "x", "is_impossible": True, "answers": [answer("y")]})),
        "qas[0].is_impossible: is true, but answers are given",
    ),
    ('{"data": [\n\n{"title": "x",}]}', "line 3: is not JSON"),
    ('{"data": [\n{"paragraphs": []}\n', "line 3: is not JSON: ',' expected (got 'the end of the file')"),
    ('{"data": [{"paragraphs": []},]}', "is not JSON: a comma stands before ']'"),
    ('{"data": []} x', "is not JSON: 'x' stands after the end"),
    ('{"data": 3}', "line 1, data: must be a list"),
    ('{"version": 1}', "data: the document has no list 'data'"),
    ('{"data": []}', "holds no question"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG_SQUAD)
def test_what_is_wrong_in_squad_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = put(tmp_path / "dev.json", text)
    error = refusal(path)
    assert error.message.startswith(str(path))
    assert complaint in error.message


def test_a_document_longer_than_a_block(tmp_path: Path) -> None:
    qa = {"question": "?", "answers": []}
    articles = [
        {"title": f"é{n}", "paragraphs": [{"context": "ü" * 50_000, "qas": [{**qa, "id": f"{n}"}]}]} for n in range(5)
    ]
    path = put(tmp_path / "dev.json", json.dumps({"data": articles, "version": 12345}, ensure_ascii=False))
    assert [q.tags for q in open_questions(path)] == [(f"é{n}",) for n in range(5)]


@pytest.mark.parametrize("before", range(7))
def test_a_number_that_a_block_ends_in(tmp_path: Path, before: int) -> None:
    head = '{"version":'
    rest = ', "data": [{"paragraphs": [{"qas": [{"id": "1", "question": "?", "answers": []}]}]}]}'
    # The number begins `before` bytes before the first block of 65 536 ends.
    path = put(tmp_path / "dev.json", head + " " * (65_536 - len(head) - before) + "12345" + rest)
    assert open_questions(path).total == 1


# All of them


def test_the_format_is_told_or_asked_for(tmp_path: Path) -> None:
    unknown = put(tmp_path / "set.dat", "Who is it?\n")
    message = refusal(unknown).message
    assert f"{unknown}, format: cannot be told. Name it with --format" in message
    assert all(name in message for name in FORMATS)
    assert "format: 'xml' is unknown" in refusal(unknown, format="xml").message
    assert "line 1: is not JSON" in refusal(unknown, format="jsonl").message
    assert open_questions(put(tmp_path / "lines.json", GOOD)).format == "jsonl"
    assert open_questions(put(tmp_path / "table.txt", "id,question\n1,Who?\n"), format="csv").total == 1
    assert "gone.jsonl: there is no such file or folder" in refusal(tmp_path / "gone.jsonl").message
    assert "is not a regular file" in refusal(tmp_path, format="csv").message
    assert "has its gold in itself" in refusal(SEEDS, qrels=SEEDS).message


def test_a_set_that_changed_since_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "set.jsonl", GOOD)
    found = open_questions(path)
    put(path, GOOD + '{"id": "2", "question": "Who?"}\n')
    with pytest.raises(InvalidInput, match=r"set\.jsonl: was changed since it was checked"):
        list(found)


def test_a_set_can_be_sent_to_another_process(tmp_path: Path) -> None:
    folder = beir(tmp_path, QUERIES, test="1\td1\t1\n")
    found = open_questions(folder)
    assert list(pickle.loads(pickle.dumps(found))) == list(found)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_questions(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        """Most bytes held while a set of that many questions is opened and read."""
        path = tmp_path / f"{number}.jsonl"
        with path.open("w") as file:
            for n in range(number):
                file.write(
                    json.dumps({"id": f"q{n}", "question": f"Who is number {n}?", "answers": ["x" * 200]}) + "\n"
                )
        tracemalloc.start()
        assert sum(1 for _ in open_questions(path)) == number
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small = peak(1000)
    # 19 000 questions more, of some 400 bytes each: kept, they would take 7 MB. Their hashes, a sorted copy and the
    # counts take 8 bytes each.
    assert peak(20_000) - small < 19_000 * 60


def test_a_grade_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    line = '{"id": "a", "question": "What?", "articles": {"x": 2147483647}}\n'
    found = refusal(put(tmp_path / "set.jsonl", line))
    assert "line 1, articles.x: must be a whole number from 0 to 1000" in found.message
    put(tmp_path / "t" / "topics.tsv", "q1\tWhat?\n")
    found = refusal(tmp_path / "t" / "topics.tsv", qrels=put(tmp_path / "qrels", "q1 0 d 999999999\n"))
    assert "line 1, score: must be 1000 at most" in found.message


# Several mistakes at once


def test_all_mistakes_are_told_and_the_first_gives_its_field(tmp_path: Path) -> None:
    path = put(tmp_path / "set.jsonl", GOOD + '{"id": "2"}\n' + GOOD.replace("1", "3") + "{\n")
    error = refusal(path)
    assert error.param == "question"
    first, second = error.message.splitlines()
    assert first == f"{path}, line 2, question: is missing. Give a text."
    assert second.startswith(f"{path}, line 4: is not complete JSON")
    # what stands twice is found among all that could be read
    put(path, GOOD + '{"id": "2"}\n' + GOOD)
    assert [line.partition(": ")[0] for line in refusal(path).message.splitlines()] == [
        f"{path}, line 2, question",
        f"{path}, line 3, id",
    ]


def test_of_many_mistakes_twenty_are_told_and_the_others_counted(tmp_path: Path) -> None:
    path = put(tmp_path / "set.jsonl", "".join(json.dumps({"id": f"{n}"}) + "\n" for n in range(45)))
    lines = refusal(path).message.splitlines()
    assert len(lines) == 21 and lines[-1] == "… and 25 more."
    assert lines[19].startswith(f"{path}, line 20, question: is missing")
    qrels = put(tmp_path / "qrels", "".join(f"t{n} 0 d 1\n" for n in range(45)))
    lines = refusal(put(tmp_path / "topics", "q\tWho?\n"), qrels=qrels).message.splitlines()
    assert len(lines) == 21 and lines[-1] == "… and 25 more."
    assert lines[19].startswith(f"{qrels}, line 20, query-id: there is no question 't19'")


SEVERAL = [
    ("set.csv", "id,question,answerable\n1,Who?,maybe\n2,Who?\n3,Who?,yes\n", ["row 2, answerable"]),
    ("topics.txt", "2\tWho?\n1\n1\t\n", ["line 2", "line 3, title"]),
    ("t.xml", "<top><num>2</top>\n<top><num>1<title>x</top>\n<top><title>y</top>\n", ["line 1, title", "line 3, num"]),
    (
        "dev.json",
        '{"data": [{"title": 1},\n{"paragraphs": [{"qas": [{"id": "x"}, {"question": "y"}]}]}]}',
        [f"line {where}" for where in (
            "1, data[0].title", "2, data[1].paragraphs[0].qas[0].question", "2, data[1].paragraphs[0].qas[1].id",
        )],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "places"), SEVERAL)
def test_several_mistakes_of_each_format(tmp_path: Path, name: str, text: str, places: list[str]) -> None:
    path = put(tmp_path / name, text)
    how = {"qrels": put(tmp_path / "qrels", "1 0 d 1\n2 0 d 1\n")} if name[0] == "t" else {}
    found = [line.partition(": ")[0] for line in refusal(path, **how).message.splitlines()]
    assert found == [f"{path}, {place}" for place in places]


def test_several_mistakes_in_a_beir_folder(tmp_path: Path) -> None:
    folder = beir(tmp_path, [{"_id": "1"}, {"text": "x"}, {"_id": "2", "text": "Who?"}], test="1\td\t1\n2\td\t1\n")
    # that question 1 has a judgement and could not be read is no mistake of the qrels
    found = [line.partition(": ")[0] for line in refusal(folder).message.splitlines()]
    assert found == [f"{folder}/queries.jsonl, line 1, text", f"{folder}/queries.jsonl, line 2, _id"]


def test_a_question_knows_where_it_was_read(tmp_path: Path) -> None:
    path = put(tmp_path / "set.jsonl", "\n" + GOOD)
    (question,) = open_questions(path)
    assert question.place is not None and (question.place.path, question.place.line) == (path, 2)
    assert question == EvaluationQuestion("1", "Why?") and "place" not in repr(question)


# What strangers give


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b"", 'holds no question. A set has one question a line, such as {"id": "1", "question": "Who'),
        ("a.jsonl", b" \n\n", "holds no question. A set has one question a line"),
        ("a.csv", b"", "holds no question. A set has a header and one question a row, such as `id,question,"),
        ("a.csv", b"id,question\n", "holds no question. A set has a header and one question a row"),
        ("a.json", b'[\n{"id": "1", "question": "Who?"}]', "line 1: is one JSON list. Write one object a line"),
        (
            "a.jsonl",
            b'{"id": "1", "question": "Who?"},\n',
            "one question a line, without brackets around them and comm",
        ),
        ("a.jsonl", b"{'id': '1'}\n", "with names and texts in double quotes"),
        ("a.tsv", b"question\tid\n", "holds no question. A set has a header and one question a row"),
        ("a.jsonl", b"\x1f\x8b\x08\x00\x00", "line 1: is compressed (gzip). Unpack it and give what was in it"),
        ("a.csv", b"PK\x03\x04\x00", "cannot be read as a spreadsheet"),
        ("a.csv", b"1,Who?\n2,Why?\n", "row 1: is no header. Begin with a row of column names, such as id,question,"),
        ("a.jsonl", b'{\n"id": "1"\n}\n', "no list 'data'. JSON Lines have each object whole on one line"),
        (
            "a.json",
            b'{"questions": [{"id": "1"}]}',
            "line 1, questions: is a list in one object. Write its elements one",
        ),
        ("a.jsonl", b'{"ID": "1"}', "line 1, ID: there is no such field; did you mean id? Known are id, question"),
        ("a.jsonl", b'{"id": "1", "question": ["x"]}', "question: must be a text (got ['x']). Give one text"),
        ("a.jsonl", '{"id": "1"}'.encode("utf-16-le"), "line 1: is UTF-16, not UTF-8"),
    ],
)
def test_what_a_stranger_gives_is_named_for_what_it_is(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = put(tmp_path / name, content)
    message = refusal(path).message
    assert message.startswith(str(path)) and said in message


def test_a_mistake_hides_no_other_of_its_id(tmp_path: Path) -> None:
    lines = ['{"id": "a", "question": 3}', '{"id": "a", "question": "Who?"}', '{"id": "b", "question": "Who?"}']
    path = put(tmp_path / "set.jsonl", "".join(line + "\n" for line in lines))
    assert refusal(path).message.splitlines() == [
        f"{path}, line 1, question: must be a text (got 3). Put it in quotes.",
        f"{path}, line 2, id: 'a' was given on line 1 already. Give each question its own.",
    ]
    table = put(tmp_path / "set.csv", "id,question,answerable\na,Who?,maybe\na,Where?,\n")
    assert refusal(table).message.splitlines()[1].startswith(f"{table}, row 3, id: 'a' was given in row 2 already")


def test_a_line_that_was_cut_off_is_said_so(tmp_path: Path) -> None:
    path = put(tmp_path / "set.jsonl", '{"id": "a", "question": "Who is')
    assert "line 1: is not complete JSON (ends in the middle of a string)." in refusal(path).message
    path = put(tmp_path / "set.jsonl", '{"id": "a", "question": "Who?"')
    assert "line 1: is not complete JSON (ends before it is closed)." in refusal(path).message
    path = put(tmp_path / "set.json", '{"data": [\n{"title": "x')
    assert (
        refusal(path, format="squad").message
        == f"{path}, line 2: is not complete JSON (ends in the middle of a string)."
    )


def test_what_is_not_asked_is_counted(tmp_path: Path) -> None:
    folder = beir(tmp_path, QUERIES, dev="1\td1\t1\n")
    found = open_questions(folder)
    # 3 and 4 have no answer, 2 and 5 no judgement.
    assert ([q.id for q in found], found.total, found.not_asked) == (["1", "3", "4"], 3, 2)
    topics = put(tmp_path / "topics", "1\tWho?\n2\tWhere?\n")
    assert open_questions(topics, qrels=put(tmp_path / "judged", "1 0 d 1\n")).not_asked == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_mistakes(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        path = put(
            tmp_path / f"{number}.jsonl", "".join(json.dumps({"id": f"q{n}" * 99}) + "\n" for n in range(number))
        )
        tracemalloc.start()
        refusal(path)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    # Many lines, since when the collector last ran moves both peaks by some 50 KB: 3 numbers of 8 bytes for each id,
    # and as much again while what holds them grows, of 600 to 700 bytes a line.
    assert (peak(20_000) - peak(5_000)) / 15_000 < 2 * 3 * 8
