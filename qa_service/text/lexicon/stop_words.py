"""Stop words: our own for English, and those of stopwords-iso (https://github.com/stopwords-iso) for languages of which
Tantivy has no list.

Tantivy's own English list has 33 words and keeps `what`, `who` and `did`, which are rare in news and would weigh
heavily in a question: with these BM25 gains .004 to .006 nDCG@10 on SciFact, TIME, SQuAD 2 and SQuAD-shifts. The lists
of stopwords-iso gain .011 on XQuAD in Arabic but are generous: Russian's has the words for war and Moscow, and loses
.002 against Tantivy's. So they leave out words of questions, never of articles, and replace none that Tantivy has.
"""

from __future__ import annotations

from functools import cache

from qa_service.text.basic.words import normalise_word

__all__ = ["ENGLISH_STOP_WORDS", "listed_stop_words"]

_WORDS = """
i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its
itself they them their theirs themselves what which who whom whose this that these those am is are was were be been
being have has had having do does did doing would should could ought will can shall may might must cannot
ca wo sha dont doesnt didnt
a an the and but if or because as until while of at by for with about against between into through during before
after above below to from up down in out on off over under again further then once here there when where why how
all any both each few more most other some such no nor not only own same so than too very just also let
"""

ENGLISH_STOP_WORDS = frozenset(_WORDS.split())
"""Snowball's list (https://snowballstem.org/algorithms/english/stop.txt), its contractions as `normalise_word` leaves
them, without `us` (which is also the United States), with the modal verbs and some words that it leaves to the
reader."""


@cache
def listed_stop_words(language: str) -> frozenset[str]:
    """Those of stopwords-iso for a language (ISO 639-1), normalised, without phrases and numbers; none for a language
    that it does not know."""
    import stopwordsiso  # reads 57 lists, which English never needs

    listed = [word for word in stopwordsiso.stopwords(language) if any(c.isalpha() for c in word)]
    return frozenset(normalise_word(word) for word in listed if len(word.split()) == 1)
