"""English names and scripts of languages."""

from __future__ import annotations

__all__ = ["LANGUAGES", "in_english", "script_of"]

_LISTED = {
    "Latin": "af Afrikaans,az Azerbaijani,ca Catalan,cs Czech,cy Welsh,da Danish,de German,en English,es Spanish,"
    "et Estonian,eu Basque,fi Finnish,fr French,ga Irish,hr Croatian,hu Hungarian,id Indonesian,is Icelandic,"
    "it Italian,lt Lithuanian,lv Latvian,ms Malay,nl Dutch,no Norwegian,pl Polish,pt Portuguese,ro Romanian,sk Slovak,"
    "sl Slovenian,sq Albanian,sv Swedish,sw Swahili,tr Turkish,vi Vietnamese",
    "Cyrillic": "be Belarusian,bg Bulgarian,kk Kazakh,ky Kyrgyz,mk Macedonian,mn Mongolian,ru Russian,sr Serbian,"
    "uk Ukrainian",
    "Arabic": "ar Arabic,fa Persian,ps Pashto,ur Urdu",
    "Devanagari": "hi Hindi,mr Marathi,ne Nepali",
    "East Asian": "ja Japanese,ko Korean,zh Chinese",
    "Other": "am Amharic,bn Bengali,el Greek,gu Gujarati,he Hebrew,hy Armenian,ka Georgian,km Khmer,lo Lao,ta Tamil,"
    "te Telugu,th Thai",
}
_NAMES = {one[:2]: one[3:] for listed in _LISTED.values() for one in listed.split(",")}
_SCRIPTS = {one[:2]: script for script, listed in _LISTED.items() for one in listed.split(",")}
LANGUAGES = tuple(_NAMES)
"""ISO 639-1 codes of the languages with a name here."""


def in_english(language: str) -> str | None:
    """English name of an ISO 639-1 code, or None if unknown."""
    return _NAMES.get(language)


def script_of(language: str) -> str | None:
    """Script of a language, or None if unknown. Scripts that resemble each other form a group."""
    return _SCRIPTS.get(language)
