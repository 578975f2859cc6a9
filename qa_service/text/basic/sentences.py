"""Splits a text into sentences with syntok's segmenter (https://github.com/fnl/syntok) and further rules.

Only the offsets of syntok's tokens count, since it may rewrite their text. The rules add boundaries: full stops of
other scripts, full stops inside closing quotes or brackets, and full stops before a small letter in tokenised text
(`it works . we show`) and in text without capitals. They remove others: after titles and ranks, at semicolons, in
units (`85 deg. C.`), and in addresses. In a transcript, each time stamp begins a sentence.
"""

from __future__ import annotations

from itertools import pairwise

import regex
from syntok.segmenter import segment
from syntok.tokenizer import Tokenizer

from qa_service.text.basic.paragraphs import TIME_STAMP, paragraphs
from qa_service.text.basic.spaces import strip_span

__all__ = ["ends_sentence", "paragraphs", "split_sentences"]

_TITLES = (
    "Adm|Amb|Atty|Brig|Capt|Cdr|Cmdr|Cmdt|Col|Cpl|Cpt|Cllr|Det|Dr|Drs|Fr|Gen|Gens|Gov|Govs|Hon|Insp|Lt|Ltn|Maj|Messrs|"
    "Mlle|Mme|Mr|Mrs|Ms|Msgr|Pfc|Pres|Prof|Profs|Pvt|Rep|Reps|Rev|Sen|Sens|Sgt|Sr|Sra|Srta|St|Ste|Supt"
)
"""Abbreviations that a name follows: no sentence ends here."""
_ABBREVIATIONS = (
    "al|approx|Apt|Assn|Ave|Blvd|Bros|cf|Co|Corp|deg|Dept|Dist|ed|eds|est|etc|figs?|Ft|Inc|Jr|Ltd|Mt|Nos?|op|pp?|Rd|Sec|Univ|"
    "vol|Vol|vs|"
    "Ala|Ariz|Ark|Calif|Colo|Conn|Fla|Ga|Ind|Kan|Ky|Md|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|"
    "Wyo|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
"""Abbreviations that may end a sentence: the next word decides."""
_STARTERS = (
    "A|After|All|Although|An|And|As|At|Before|But|By|During|For|From|He|Her|His|However|I|If|In|It|Its|Many|Meanwhile|Most|My|"
    "Nevertheless|On|Or|Our|She|Since|So|Some|That|The|Their|Then|There|These|They|This|Those|Though|To|Under|We|What|"
    "When|Where|While|Who|With|Yet|You"
)
"""Words whose capital marks the start of a sentence."""

_CLOSERS = r"[\p{Pe}\p{Pf}»«›‹”“’‘\"'*]"
_OPENERS = r"[\p{Ps}\p{Pi}»›„\"'¿¡]"
_ALWAYS = r"؟۔।॥。！？｡።፧၊။។៕։"

_MORE_STARTS = regex.compile(
    rf"""
    [{_ALWAYS}]+{_CLOSERS}*+\s*+                                            # unambiguous full stops
    | (?:(?<=\p{{Ll}}{{3}})\.|[!?…])\.*{_CLOSERS}++\s++(?={_OPENERS}*\p{{Lu}})  # it.’” Then, (it!) Then
    | (?<=[\p{{S}}\ufe0f])[.!?]++{_CLOSERS}*+\s++(?={_OPENERS}*\p{{Lu}})            # 👍. Then
    | …\.*\s++(?={_OPENERS}*\p{{Lu}})                                       # Wait… What
    | (?<=\p{{L}}\.\p{{L}})\.{_CLOSERS}*+\s++(?={_OPENERS}*(?:{_STARTERS})\b(?!\.))      # in the U.S. He
    | \s\.(?<=(?:\p{{L}}\p{{L}}|\p{{N}}|{_CLOSERS})\s\.)\s++(?={_OPENERS}*\p{{Ll}})          # [7] . we show
    | [CFK]\.(?<=(?:°\s?|\bdeg\.\s)\p{{Lu}}\.)\s++(?={_OPENERS}*\p{{Lu}})                 # 37 °C. Cells
    | \p{{Lu}}\.(?<=\p{{Ll}}\p{{Lu}}\.)\s++(?={_OPENERS}*\p{{Lu}})                        # 2 mL. Cells
    """,
    regex.VERBOSE,
)
_STARTS_WITHOUT_CAPITALS = regex.compile(
    rf"(?:[\p{{L}}\p{{N}}]{{2}}|{_CLOSERS})[.!?]++{_CLOSERS}*+\s++(?={_OPENERS}*\p{{Ll}})"
)
# In Greek a semicolon is a question mark.
_NEVER_AFTER = rf"(?:(?<![\p{{L}}\p{{N}}])(?:{_TITLES})\s?\.|(?<!\p{{Greek}}\s?);)\s*+$"
_RARELY_AFTER = rf"(?<![\p{{L}}\p{{N}}])(?:{_ABBREVIATIONS})\s?\.\s*+$"
_STARTER = rf"{_OPENERS}*(?:{_STARTERS})\b"
_WITH_CAPITALS = [regex.compile(pattern) for pattern in (_NEVER_AFTER, _RARELY_AFTER, _STARTER)]
_WITHOUT_CAPITALS = [regex.compile(pattern, regex.IGNORECASE) for pattern in (_NEVER_AFTER, _RARELY_AFTER, _STARTER)]
_CAPITAL = regex.compile(r"\p{Lu}")
_ADDRESS = regex.compile(r"(?:\b[a-z]+://|\bwww\.|\b[\w.+-]{1,64}+@)\S+", regex.IGNORECASE)
_STRAY_CLOSER = regex.compile(rf"(?:(?![«‹]){_CLOSERS}++(?:\s++|$))++")
_CONTINUES_LETTER = regex.compile(r"[\p{M}\u200d\p{Emoji_Modifier}]")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_LOOK_BACK = 16
_ENDS = regex.compile(rf"(?:[.!?…;:{_ALWAYS}]|--|\p{{Pd}})[\s\p{{Pe}}\p{{Pf}}\p{{Pi}}\"']*$")

# Nothing in such a paragraph can end a sentence before its end, so that syntok has nothing to decide.
_ONE_SENTENCE = regex.compile(
    rf"[^.!?;…‼‽⁇-⁉﹒﹗！．([{{\uff08{_ALWAYS}]*+[.!?;…{_ALWAYS}]*+[\s\p{{Pe}}\p{{Pf}}\p{{Pi}}\"'*]*+"
)

_tokenizer = Tokenizer(replace_not_contraction=False)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, in order. Empty for a blank text.

    The spans cover all characters but white space and never cross a paragraph. Signs without a letter or digit, such as
    a lone quotation mark, belong to the sentence before, or to the first.
    """
    return [span for start, end in paragraphs(text) for span in _sentences(text, start, end)]


def ends_sentence(line: str) -> bool:
    """Whether the line ends with a full stop, colon or dash of any script, ignoring closing quotes."""
    return _ENDS.search(line[-_LOOK_BACK:]) is not None


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    paragraph = text[start:end]
    spans: list[tuple[int, int]] = []
    for a, b in pairwise([0, *_starts(paragraph), len(paragraph)]):
        a, b = strip_span(paragraph, a, b)
        if spans and not (_WORD.search(paragraph, a, b) and _WORD.search(text, *spans[-1])):
            a = spans.pop()[0] - start
        if a < b:
            spans.append((start + a, start + b))
    return spans


def _starts(paragraph: str) -> list[int]:
    stamps = _time_stamps(paragraph)
    if _ONE_SENTENCE.fullmatch(paragraph):
        return stamps
    found = {m.end() for m in _MORE_STARTS.finditer(paragraph)}
    capitals = _CAPITAL.search(paragraph) is not None
    if not capitals:
        found |= {m.end() for m in _STARTS_WITHOUT_CAPITALS.finditer(paragraph)}
    found |= {_after_closers(paragraph, tokens[0].offset) for tokens in segment(_tokenizer.tokenize(paragraph))}
    inside = _inside_addresses(paragraph) if found else set()
    found = {i for i in found - inside if 0 < i < len(paragraph) and _may_start(paragraph, i, capitals)}
    return sorted(found.union(stamps))


def _inside_addresses(paragraph: str) -> set[int]:
    if "://" not in paragraph and "@" not in paragraph and "www." not in paragraph.lower():
        return set()
    return {i for m in _ADDRESS.finditer(paragraph) for i in range(m.start() + 1, m.end())}


def _time_stamps(paragraph: str) -> list[int]:
    """Where the lines of a transcript begin, if it has several time stamps."""
    if ":" not in paragraph and ">>" not in paragraph:
        return []
    stamps = [m.start() for m in TIME_STAMP.finditer(paragraph)]
    return [at for at in stamps if at > 0] if len(stamps) > 1 else []


def _after_closers(paragraph: str, start: int) -> int:
    """The offset after stray closing quotes at `start`, as in French: they belong to the sentence before."""
    stray = _STRAY_CLOSER.match(paragraph, start)
    return stray.end() if stray else start


def _may_start(paragraph: str, start: int, capitals: bool) -> bool:
    if _CONTINUES_LETTER.match(paragraph, start) or paragraph[start - 1] == "\u200d":
        return False
    never_after, rarely_after, starter = _WITH_CAPITALS if capitals else _WITHOUT_CAPITALS
    before = paragraph[max(0, start - _LOOK_BACK) : start]
    if never_after.search(before):
        return False
    return not rarely_after.search(before) or starter.match(paragraph, start) is not None
