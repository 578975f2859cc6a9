"""English words for numbers, their bounds, units and counted nouns."""

from __future__ import annotations

from qa_service.text.lexicon import words

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

_BOUNDS = {
    "more": "more than,over,at least,no fewer than,no less than,not less than,upwards of,above,exceeding,a minimum of,"
    "well over,a little over,greater than,as few as,just over,slightly more than",
    "fewer": "up to,at most,no more than,not more than,fewer than,less than,under,below,as many as,as much as,"
    "a maximum of,nearly,almost,just under,just short of",
    "about": "only about,about,around,some,roughly,approximately,an estimated,estimated,circa,close to",
}
BOUNDS = {tuple(phrase.split()): bound for bound, listed in _BOUNDS.items() for phrase in listed.split(",")}
"""What the words before a number make of it: `more`, `fewer` or `about`."""
MOST_BOUND_WORDS = max(map(len, BOUNDS))
BOUNDS_AFTER = {("or", "more"), ("or", "fewer"), ("or", "less"), ("or", "so")}

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

LABELS = words("""
    no number page chapter article section week day game season part phase level episode round top age aged size
    version model route flight channel gate room volume vol issue act scene figure table step question ranked rank
    world division tier class grade category magnitude highway order resolution
""")
"""Nouns after which a number is a label, not a count."""

PLURALS = words("""
    people men women children police troops personnel crew staff cattle aircraft dead wounded injured missing
    servicemen militia media fishermen policemen
""")
"""Plural nouns without a final s."""

NOUN_ENDS = words("""
    including since within across per among along alongside amid despite via toward towards upon without inside
    outside near around said says told according last next earlier later ago whose worth respectively
""")
"""Words that end a counted noun phrase, besides stop words."""
DETERMINERS = frozenset({"the", "its", "their", "his", "her", "these", "those", "our"})
