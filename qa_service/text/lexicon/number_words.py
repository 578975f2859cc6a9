"""English words for numbers, their bounds, units and counted nouns."""

from __future__ import annotations

import math

from qa_service.text.lexicon import words

__all__ = [
    "BOUNDS",
    "BOUNDS_AFTER",
    "CARDINALS",
    "CURRENCIES",
    "DETERMINERS",
    "LABELS",
    "MEASURES",
    "MOST_BOUND_WORDS",
    "NOUN_ENDS",
    "NUMERALS",
    "PERIODS",
    "PLURALS",
    "SCALES",
    "SEVERAL",
    "VAGUE",
]

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
_TEENS = "seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

CARDINALS = {word: value for value, word in enumerate((_UNITS + _TEENS).split())}
CARDINALS |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6, "mn": 1e6,
    "bn": 1e9, "tn": 1e12, "lakh": 1e5, "crore": 1e7, "dozen": 12.0,
}  # fmt: skip
VAGUE = {
    "dozens": (20.0, 150.0), "scores": (20.0, 150.0), "hundreds": (150.0, 3000.0), "thousands": (1500.0, 200_000.0),
    "millions": (1.5e6, 2e9), "billions": (1.5e9, 2e12),
}  # fmt: skip
"""Range of vague numbers. The bounds are wide: only a clear contradiction lies outside."""
SEVERAL = {"dozen": "dozens", "hundred": "hundreds", "thousand": "thousands", "million": "millions"}
"""Vague plural of each scale."""
NUMERALS = frozenset(CARDINALS) | frozenset(VAGUE) | {"half", "several", "a"}
"""Words that may begin a number."""

_Bound = tuple[float, float]
_MORE: _Bound = (1.0, math.inf)
_FEWER: _Bound = (0.0, 1.0)
_ABOUT: _Bound = (0.85, 1.15)
_NEARLY: _Bound = (0.85, 1.0)
_BARELY: _Bound = (1.0, 1.15)

BOUNDS: dict[tuple[str, ...], _Bound] = {
    ("more", "than"): _MORE, ("over",): _MORE, ("at", "least"): _MORE, ("no", "fewer", "than"): _MORE,
    ("no", "less", "than"): _MORE, ("not", "less", "than"): _MORE, ("upwards", "of"): _MORE, ("above",): _MORE,
    ("exceeding",): _MORE, ("a", "minimum", "of"): _MORE, ("well", "over"): _MORE, ("a", "little", "over"): _MORE,
    ("greater", "than"): _MORE, ("as", "few", "as"): _MORE, ("just", "over"): _BARELY,
    ("slightly", "more", "than"): _BARELY, ("up", "to"): _FEWER, ("at", "most"): _FEWER,
    ("no", "more", "than"): _FEWER, ("not", "more", "than"): _FEWER, ("fewer", "than"): _FEWER,
    ("less", "than"): _FEWER, ("under",): _FEWER, ("below",): _FEWER, ("as", "many", "as"): _FEWER,
    ("as", "much", "as"): _FEWER, ("a", "maximum", "of"): _FEWER, ("only", "about"): _ABOUT, ("about",): _ABOUT,
    ("around",): _ABOUT, ("some",): _ABOUT, ("roughly",): _ABOUT, ("approximately",): _ABOUT,
    ("an", "estimated"): _ABOUT, ("estimated",): _ABOUT, ("circa",): _ABOUT, ("close", "to"): _ABOUT,
    ("nearly",): _NEARLY, ("almost",): _NEARLY, ("just", "under"): _NEARLY, ("just", "short", "of"): _NEARLY,
}  # fmt: skip
"""Lower and upper bound as factors of the number, by the words before it. Infinity means no bound."""
MOST_BOUND_WORDS = max(map(len, BOUNDS))
BOUNDS_AFTER: dict[tuple[str, str], _Bound] = {
    ("or", "more"): _MORE, ("or", "fewer"): _FEWER, ("or", "less"): _FEWER, ("or", "so"): _ABOUT,
}  # fmt: skip

CURRENCIES = {
    "$": "USD", "us$": "USD", "c$": "CAD", "a$": "AUD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR",
    "dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR", "pounds": "GBP", "yen": "JPY", "rupees": "INR",
    "rubles": "RUB", "roubles": "RUB", "naira": "NGN", "yuan": "CNY",
}  # fmt: skip

PERIODS = frozenset({"year", "month", "week", "day", "hour", "minute", "second", "decade"})
_MEASURES = (
    "km mile metre foot acre hectare tonne ton kg gram litre barrel gallon degree megawatt gigawatt point percent"
)
MEASURES = {written: word for word in (*PERIODS, *_MEASURES.split()) for written in (word, f"{word}s")}
MEASURES |= {
    "feet": "foot", "ft": "foot", "m": "metre", "meter": "metre", "meters": "metre", "kilometer": "km",
    "kilometre": "km", "kilometers": "km", "kilometres": "km", "kilogram": "kg", "kilograms": "kg", "kilo": "kg",
    "kilos": "kg", "liter": "litre", "liters": "litre", "%": "percent", "pct": "percent", "°": "degree",
    "cm": "cm", "mm": "mm", "mg": "mg", "ml": "ml", "mph": "mph", "lb": "lb", "oz": "oz", "ha": "hectare",
    "mw": "megawatt", "gw": "gigawatt",
}  # fmt: skip

LABELS = words(
    """
    no number page chapter article section week day game season part phase level episode round top age aged size
    version model route flight channel gate room volume vol issue act scene figure table step question ranked rank
    world division tier class grade category magnitude highway order resolution
    """
)
"""Nouns after which a number is a label, not a count."""

PLURALS = words(
    """
    people men women children police troops personnel crew staff cattle aircraft dead wounded injured missing
    servicemen militia media fishermen policemen
    """
)
"""Plural nouns without a final s."""

NOUN_ENDS = words(
    """
    including since within across per among along alongside amid despite via toward towards upon without inside
    outside near around said says told according last next earlier later ago whose worth respectively
    """
)
"""Words that end a counted noun phrase, besides stop words."""
DETERMINERS = frozenset({"the", "its", "their", "his", "her", "these", "those", "our"})
