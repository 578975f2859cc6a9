"""Lexical terms: normalised words, stemmed by language with Tantivy's analysers, without stop words.

Articles and questions share one analysis. If Tantivy has no stop words for a language, only questions lose them.
English is folded to ASCII before stemming, since its stemmer ignores accents (`Tinzaouaténe`). Other languages are
folded after it, since their stemmers need accents (`sécurité`). Stemmers: Snowball (Porter, 2001,
https://snowballstem.org).
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import regex
import tantivy

from qa_service.text.basic.words import UNSPACED, normalise_word, word_spans
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS, listed_stop_words

__all__ = ["normal_words", "question_terms", "terms", "word_spans", "word_terms"]

_SNOWBALL = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
_WITH_STOP_WORDS = set(_SNOWBALL.values()) - {"arabic", "greek", "romanian", "tamil", "turkish"}
"""Languages with a stop word list in Tantivy. Others use `stop_words.listed_stop_words`."""
_LONGEST = 255
"""Maximum code points of a term. Longer words are dropped."""

_APOSTROPHE = r"['’ʼ]"
_ELISION = {
    "fr": regex.compile(rf"^(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu){_APOSTROPHE}(?=\w)", regex.IGNORECASE),
    "it": regex.compile(
        rf"^(?:[cdlmnstv]|un|(?:[ns]e|d?a|co|de|su)ll|quest|quell){_APOSTROPHE}(?=\w)", regex.IGNORECASE
    ),
}
_UNSPACED = regex.compile(rf"[{UNSPACED}]", regex.VERSION1)
_ARABIC_FOLD = str.maketrans("أإآٱىة", "اااايه")

_lock = threading.Lock()


def terms(text: str, language: str | None) -> list[str]:
    """Terms of a text in `language` (ISO 639-1), in order, with repetitions.

    An unsupported language is only lower-cased and folded. Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese give
    overlapping pairs of letters.
    """
    code = _supported(language)
    return [term for _, _, word in _words(text) for term in _analyse(word, code)]


def question_terms(text: str, languages: Iterable[str | None]) -> list[str]:
    """Distinct terms of a question, by first appearance: the union of its analyses for all `languages`.

    A question of stop words alone keeps them.
    """
    found = dict.fromkeys(t for _, _, word_own in word_terms(text, languages) for t in word_own)
    if not found:
        codes = _codes(languages)
        found = dict.fromkeys(t for _, _, word in _words(text) for code in codes for t in _analyse(word, code, False))
    return list(found)


def word_terms(text: str, languages: Iterable[str | None]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Start, end and terms of each word of a question. A stop word has no terms. Spans of letter pairs overlap.

    Each language drops its stop words. The language with most stop words in the question drops them for all languages:
    else an English `the` has a high idf in the few articles of other languages.
    """
    codes = _codes(languages)
    words = _words(text)
    stops = {code: {word for _, _, word in words if _is_stop_word(word, code)} for code in _bare_codes(languages)}
    most = max((len(s) for s in stops.values()), default=0)
    dropped = {word for s in stops.values() if len(s) == most for word in s}
    return [
        (start, end, () if word in dropped else tuple(dict.fromkeys(t for code in codes for t in _analyse(word, code))))
        for start, end, word in words
    ]


def normal_words(text: str) -> list[tuple[int, int, str]]:
    """Start, end and normalised form of each word, or of each letter pair in scripts without spaces. Not stemmed."""
    return [(start, end, normalise_word(word)) for start, end, word in _words(text)]


def _words(text: str) -> list[tuple[int, int, str]]:
    """Start, end and text of each word. In scripts without spaces, of each overlapping letter pair."""
    spans = word_spans(text)
    if not _UNSPACED.search(text):
        return [(start, end, text[start:end] if end - start <= _LONGEST else "") for start, end in spans]
    words: list[tuple[int, int, str]] = []
    previous_end, paired = -1, False
    for i, (start, end) in enumerate(spans):
        if not _UNSPACED.match(text, start):
            words.append((start, end, text[start:end] if end - start <= _LONGEST else ""))
            continue
        joined = previous_end == start
        follows = i + 1 < len(spans) and spans[i + 1][0] == end and _UNSPACED.match(text, end)
        if follows:
            words.append((start, spans[i + 1][1], text[start : spans[i + 1][1]]))
        elif not (joined and paired):
            words.append((start, end, text[start:end]))
        previous_end, paired = end, bool(follows)
    return words


def _codes(languages: Iterable[str | None]) -> list[str | None]:
    return list(dict.fromkeys(_supported(language) for language in languages)) or [None]


def _bare_codes(languages: Iterable[str | None]) -> list[str]:
    """Distinct ISO 639-1 codes without region, including those that Tantivy does not support."""
    return list(dict.fromkeys(_bare(language) for language in languages if language))


def _bare(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]


def _supported(language: str | None) -> str | None:
    code = _bare(language or "")
    return code if code in _SNOWBALL else None


def _is_stop_word(word: str, code: str) -> bool:
    if _SNOWBALL.get(code) in _WITH_STOP_WORDS:
        return not _analyse(word, code) and bool(_analyse(word, code, False))
    return normalise_word(word) in listed_stop_words(code)


@lru_cache(maxsize=1 << 18)
def _analyse(word: str, code: str | None, drop_stop_words: bool = True) -> tuple[str, ...]:
    """The terms of a word: usually one, none for a stop word, several if a compatibility form expands to words."""
    if code in _ELISION:
        word = _ELISION[code].sub("", word)
    normal = normalise_word(word)
    with _lock:
        found: list[str] = _analyser(code, drop_stop_words).analyze(normal)
    return tuple(_fold(term) for term in found)


def _fold(term: str) -> str:
    """Folds Greek accents and Arabic alef, final yeh and teh marbuta. Tantivy folds Latin letters."""
    if term.isascii():
        return term
    if regex.match(r"\p{Greek}", term):
        return "".join(c for c in unicodedata.normalize("NFD", term) if not unicodedata.combining(c))
    return term.translate(_ARABIC_FOLD)


@cache
def _analyser(code: str | None, drop_stop_words: bool) -> tantivy.TextAnalyzer:
    language = _SNOWBALL.get(code or "")
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    if code == "en":
        builder = builder.filter(tantivy.Filter.ascii_fold())
    if drop_stop_words and language in _WITH_STOP_WORDS:
        builder = builder.filter(
            tantivy.Filter.custom_stopword(sorted(ENGLISH_STOP_WORDS))
            if code == "en"
            else tantivy.Filter.stopword(language)
        )
    if language:
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.filter(tantivy.Filter.ascii_fold()).build()
