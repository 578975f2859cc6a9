"""Who says what, over passages: perspectives, and where outlets differ."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.answering.disagreements import find_disagreements
from qa_service.answering.perspectives import find_perspectives
from qa_service.records import Annotation, AnswerText, ArticleMeta, Citation, Evidence, Passage, RankedPassage
from qa_service.text.basic.sentences import split_sentences

HERE = "There are around 2,000 mercenaries in Mali."
THERE = "There are around 5,000 mercenaries in Mali, officials said."
RAIN = "Rain fell in June."


def ranked(
    number: int,
    text: str,
    *,
    outlet: str | None = None,
    article: str | None = None,
    start: int = 100,
    evidence: tuple[int, ...] = (0,),
    score: float = 0.5,
    language: str | None = "en",
) -> RankedPassage:
    """A passage at `start` of its article; `evidence` are numbers of its sentences."""
    spans = tuple((start + first, start + last) for first, last in split_sentences(text))
    headings = (False,) * len(spans)
    found = tuple(Evidence(*spans[at], text[spans[at][0] - start : spans[at][1] - start], score) for at in evidence)
    name = article or f"article-{number}"
    passage = Passage(f"p{number}", name, start, start + len(text), text, 10, spans, headings)
    meta = ArticleMeta(outlet=outlet, language=language)
    citation = Citation(number, name, meta, start, start + len(text), "0" * 64)
    return RankedPassage(number, passage, 1.0 / number, None, None, found, citation)


def quoting(*passages: RankedPassage) -> AnswerText:
    """An answer that quotes the first evidence of each passage."""
    text, notes = "", list[Annotation]()
    for one in passages:
        said = one.evidence[0].text
        notes.append(Annotation(len(text), len(text) + len(said), one.citation.number))
        text += f"{said} [{one.citation.number}] "
    return AnswerText(text, tuple(notes))


def test_each_outlet_is_heard_once_in_the_order_of_rank_with_its_strongest_sentence() -> None:
    afp, rt = ranked(1, HERE, outlet="AFP", score=0.5), ranked(2, THERE, outlet="RT", score=0.4)
    found = find_perspectives([afp, rt, ranked(3, RAIN, outlet="AFP", score=0.9)], quoting(rt))
    assert [(one.outlet, one.citation, one.article_id, one.evidence.text) for one in found] == [
        ("AFP", 3, "article-3", RAIN),
        ("RT", 2, "article-2", THERE),
    ]


def test_an_outlet_that_the_answer_quotes_says_there_what_the_answer_says() -> None:
    afp, rt = ranked(1, HERE, outlet="AFP", score=0.5), ranked(2, THERE, outlet="RT", score=0.4)
    found = find_perspectives([afp, rt, ranked(3, RAIN, outlet="AFP", score=0.9)], quoting(afp))
    assert [(one.outlet, one.citation, one.evidence.text) for one in found] == [("AFP", 1, HERE), ("RT", 2, THERE)]


def test_a_sentence_that_two_passages_hold_is_cited_from_the_better() -> None:
    first, again = (ranked(n, HERE, outlet="AFP", article="a", score=score) for n, score in ((1, 0.5), (3, 0.6)))
    found = find_perspectives([first, ranked(2, THERE, outlet="RT"), again], quoting(first))
    assert [(one.outlet, one.citation) for one in found] == [("AFP", 1), ("RT", 2)]


def test_of_equally_strong_sentences_the_first_counts() -> None:
    both, rt = ranked(1, f"{RAIN} {HERE}", outlet="AFP", evidence=(0, 1)), ranked(2, THERE, outlet="RT")
    found = find_perspectives([both, rt, ranked(3, HERE, outlet="DW")], quoting(rt))
    assert [one.evidence.text for one in found] == [RAIN, THERE, HERE]


def test_a_sentence_about_another_part_of_the_question_is_no_perspective() -> None:
    afp, rt, dw = (
        ranked(n, text, outlet=outlet) for n, text, outlet in ((1, HERE, "AFP"), (2, THERE, "RT"), (3, RAIN, "DW"))
    )
    dw = replace(dw, evidence=(replace(dw.evidence[0], part=1),))
    assert [one.outlet for one in find_perspectives([afp, rt, dw], quoting(afp))] == ["AFP", "RT"]
    assert [one.outlet for one in find_perspectives([afp, rt, dw], quoting(afp, dw))] == ["AFP", "RT", "DW"]
    assert find_perspectives([afp, rt, dw], quoting(dw)) == ()


def test_one_outlet_is_no_perspective_and_nobody_is_no_outlet() -> None:
    afp, nobody, again = ranked(1, HERE, outlet="AFP"), ranked(2, THERE), ranked(3, THERE, outlet="afp ")
    rt = ranked(4, THERE, outlet="RT")
    assert [one.outlet for one in find_perspectives([afp, nobody, rt], quoting(afp))] == ["AFP", "RT"]
    assert find_perspectives([afp, nobody, again], quoting(afp, nobody)) == ()
    assert find_perspectives([afp, replace(rt, evidence=())], quoting(afp)) == ()
    assert find_perspectives([afp, rt], None) == ()
    assert find_perspectives([], None) == ()


def always(one: str, other: str) -> float:
    """A model that takes every pair for a contradiction."""
    return 0.95


def test_both_sides_are_cited_at_their_places_in_the_articles() -> None:
    # 100 and the 19 characters of the sentence before
    passages = [ranked(1, f"{RAIN} {HERE}", outlet="AFP", evidence=(1,)), ranked(2, THERE, outlet="RT", start=7)]
    (found,) = find_disagreements(passages, always)
    assert found.kind == "contradiction"
    a = found.a
    assert (a.outlet, a.article_id, a.citation, a.start, a.text) == ("AFP", "article-1", 1, 119, HERE)
    assert a.end == 119 + len(a.text)
    assert a.sentence == Evidence(119, 119 + len(HERE), HERE)
    b = found.b
    assert (b.outlet, b.article_id, b.citation, b.start, b.text) == ("RT", "article-2", 2, 7, THERE)


def test_without_a_model_there_is_none() -> None:
    assert find_disagreements([ranked(1, HERE), ranked(2, THERE)]) == ()


def test_one_outlet_does_not_disagree_with_itself() -> None:
    passages = [ranked(1, HERE, outlet="AFP"), ranked(2, THERE, outlet="AFP")]
    assert find_disagreements(passages, always) == ()


def test_what_is_no_evidence_and_other_languages_are_left_out() -> None:
    good = ranked(1, HERE)
    assert len(find_disagreements([good, ranked(2, THERE)], always)) == 1
    assert find_disagreements([good, ranked(2, THERE, evidence=())], always) == ()
    assert find_disagreements([good, ranked(2, THERE, language="fr")], always) == ()
    assert find_disagreements([good, ranked(2, f"{THERE} {RAIN}", evidence=(1,))], always) == ()
    assert len(find_disagreements([good, ranked(2, THERE, language=None)], always)) == 1


def test_the_same_words_are_told_once_and_overlapping_passages_count_once() -> None:
    wire = [ranked(1, HERE), ranked(2, THERE), ranked(3, THERE)]
    assert [(one.a.citation, one.b.citation) for one in find_disagreements(wire, always)] == [(1, 2)]
    twice = [ranked(1, HERE), ranked(2, THERE), replace(ranked(3, THERE, article="article-2"), rank=3)]
    assert [(one.a.citation, one.b.citation) for one in find_disagreements(twice, always)] == [(1, 2)]


def test_the_threshold_is_the_least_probability() -> None:
    passages = [ranked(1, HERE), ranked(2, THERE)]
    asked: list[tuple[str, str]] = []

    def contradicts(one: str, other: str) -> float:
        asked.append((one, other))
        return 0.6

    assert len(find_disagreements(passages, contradicts, 0.6)) == 1
    assert asked == [(HERE, THERE)]
    assert find_disagreements(passages, contradicts, 0.7) == ()


def test_the_model_reads_pairs_with_a_word_in_common_the_most_alike_first() -> None:
    calm, storm = "Security in Mali has become better.", "Violence is spreading all over Mali."
    passages = [ranked(1, f"{calm} {HERE}", evidence=(0, 1)), ranked(2, f"{storm} {THERE} {RAIN}", evidence=(0, 1, 2))]
    asked: list[tuple[str, str]] = []

    def contradicts(one: str, other: str) -> float:
        asked.append((one, other))
        return 0.95

    found = find_disagreements(passages, contradicts)
    # stems: secur mali becom better / around 2000 mercenari mali; violenc spread mali / around 5000 mercenari mali
    # offici said. Shared over all: HERE and THERE 3 of 7, the two with `storm` 1 of 6 each, the last 1 of 9.
    assert asked == [(HERE, THERE), (calm, storm), (HERE, storm), (calm, THERE)]
    assert [(one.a.text, one.b.text) for one in found] == asked
    assert (found[1].a.start, found[1].a.end) == (100, 100 + len(calm))


def test_a_model_reads_at_most_eight_pairs_of_evidence() -> None:
    passages = [ranked(number, f"In Mali it was day number {number} of Wagner.") for number in range(1, 11)]
    asked: list[str] = []

    def contradicts(one: str, other: str) -> float:
        asked.append(one)
        return 0.0

    assert find_disagreements(passages, contradicts) == ()
    assert len(asked) == 8


PIECES = st.sampled_from(
    [
        HERE,
        THERE,
        RAIN,
        "Mali has never admitted Wagner's presence.",
        "Mali has admitted Wagner’s presence.",
        "Prigozhin of Wagner died in August 2023 in Russia.",
        "Prigozhin of Wagner died in May 2022 in Russia.",
        "½ — “no” 😀 12%!",
    ]
)


@given(st.lists(st.tuples(st.lists(PIECES, min_size=1, max_size=4), st.integers(0, 50)), min_size=2, max_size=4))
@settings(max_examples=100, deadline=None)
def test_every_span_is_a_proof(drawn: list[tuple[list[str], int]]) -> None:
    """Law 1, over articles that begin with anything."""
    articles = {
        f"article-{n}": "\N{GRINNING FACE}" * start + " ".join(said) for n, (said, start) in enumerate(drawn, 1)
    }
    passages = [ranked(n, " ".join(said), start=start) for n, (said, start) in enumerate(drawn, 1)]
    for found in find_disagreements(passages, always):
        for side in (found.a, found.b):
            assert articles[side.article_id][side.start : side.end] == side.text
            assert articles[side.article_id][side.sentence.start : side.sentence.end] == side.sentence.text
    outlets = [replace(p, citation=replace(p.citation, meta=ArticleMeta(outlet=f"RT {p.rank}"))) for p in passages]
    for one in find_perspectives(outlets, quoting(*outlets)):
        assert articles[one.article_id][one.evidence.start : one.evidence.end] == one.evidence.text
