"""Stop words for English, and those of stopwords-iso (https://github.com/stopwords-iso) for languages without a list in
Tantivy.

Tantivy's English list has 33 words and lacks `what`, `who` and `did`. These are rare in news, so their idf is high.
With the list here BM25 gains .004 to .006 nDCG@10 on SciFact, TIME, SQuAD 2 and SQuAD-shifts. The lists of
stopwords-iso gain .011 on XQuAD in Arabic, but contain content words. The Russian list contains those for war and
Moscow, and loses .002 against Tantivy's. So they apply to questions only, and replace no list of Tantivy.
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
"""Snowball's list (https://snowballstem.org/algorithms/english/stop.txt) with modal verbs and its optional words.

Contractions have the form of `normalise_word`. `us` is missing, since it also means the United States.
"""


@cache
def listed_stop_words(language: str) -> frozenset[str]:
    """Normalised stop words of a language (ISO 639-1) from stopwords-iso, without phrases and numbers.

    Empty for an unknown language.
    """
    import stopwordsiso  # imported here because it reads 57 lists

    listed = [word for word in stopwordsiso.stopwords(language) if any(c.isalpha() for c in word)]
    return frozenset(normalise_word(word) for word in listed if len(word.split()) == 1)
