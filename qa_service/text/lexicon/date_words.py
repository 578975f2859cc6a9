"""Patterns of English dates, and the names of months and weekdays."""

from __future__ import annotations

import re

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
"""Month number by name or abbreviation."""

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_UNTIL = r"(?P<until>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_TO = r"(?:\s*[-–—]\s*|\s+(?:and|to)\s+)"
_CUE = r"(?:\b(?P<cue>on|the|since|until|till|by|before|after|from|of|in|early|late|mid|last|during)[\s-]+(?:the\s+)?)?"
_COMMA = r"(?:\s*,\s*|\s+)"

DAY_KINDS = [
    re.compile(rf"(?<!\w){kind}(?!\w|-\d)", re.IGNORECASE)
    for kind in (
        r"(?<!-)(?P<from>(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d))",
        rf"{_CUE}(?P<from>{_MONTH}\s+{_DAY}{_TO}{_UNTIL}(?:{_COMMA}{_YEAR})?)",
        rf"{_CUE}(?P<from>{_DAY}{_TO}{_UNTIL}(?:\s+of)?\s+{_MONTH}(?:{_COMMA}{_YEAR})?)",
        rf"{_CUE}(?P<from>{_MONTH}\s+{_DAY}(?:{_COMMA}{_YEAR})?)",
        rf"{_CUE}(?P<from>{_DAY}(?:\s+of)?\s+{_MONTH}(?:{_COMMA}{_YEAR})?)",
        rf"(?P<from>{_MONTH}(?:\s+of\s+|{_COMMA}){_YEAR})",
        r"(?<!-)(?P<from>(?P<year>(?:1[89]|20)\d\d)-(?P<number>0[1-9]|1[0-2]))",
    )
]
"""Group `from` is the date without the preposition before it."""

MONTH_AND_CUE = re.compile(
    rf"\b(?:(?P<cue>in|since|until|till|during|before|after|early|late|mid|last|of|between|and|to)"
    rf"|(?:by|from)(?=\s+(?!may\b|mar\b|march\b)))[\s-]+(?P<from>{_MONTH})(?!\w)(?!\s+(?-i:[A-Z])(?-i:[a-z]))",
    re.IGNORECASE,
)
"""A month without a day needs a preposition before it and no name after it (`from April Jones`)."""

YEAR = re.compile(r"(?<![\w-])(?<!\d[.,])(?:(?:1[89]|20)\d\d)(?![\w-])|(?<=mid-)(?:1[89]|20)\d\d(?!\w)")
YEAR_RANGE = re.compile(rf"(?<![\w-]){_YEAR}\s*[-–—]\s*(?P<last>(?:1[89]|20)\d\d)(?![\w-])")
YEAR_CUE = re.compile(
    r"\b(?:in|since|before|after|until|till|by|during|between|from|through|year|early|mid|late|of)[\s-]+$",
    re.IGNORECASE,
)
NO_CUE = re.compile(r"[$€£#/.]\s*$")
COUNTED = re.compile(
    r"%|/|[.,]\d|\s+(?:people|men|women|children|percent|million|billion|thousand|km|per)\b"
    r"|\s+(?!was\b|is\b|has\b|does\b|this\b|as\b|its\b|his\b|us\b|vs\b|across\b|versus\b|towards\b)(?-i:[a-z])\w*s\b",
    re.IGNORECASE,
)
"""Text after a number that counts something and is no year."""

SEPARATOR = re.compile(r"\s*(?:\s(?:and|or|to|until|till)\s|[-–—,])\s*", re.IGNORECASE)
BETWEEN = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
OPENS = re.compile(
    r"\b(since|after|before|until|till|by)\s+(?:(?:early|mid|late|the\s+end\s+of)[\s-]+)?$", re.IGNORECASE
)
