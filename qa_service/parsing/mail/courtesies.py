"""Removes from the end of a mail what is written in letters and not in articles: the sign-off, and legal notices."""

from __future__ import annotations

import re

__all__ = ["without_courtesies"]

_SIGN_OFF = re.compile(
    r"(?:(?:(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|all) (?:regards|wishes|thanks)|regards|all the best"
    r"|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|(?:many )?thanks(?: (?:and|&) (?:best )?regards)?"
    r"|thank you|cheers|best)"
    r"|(?:mit )?(?:freundliche[nm]?|besten?|herzliche[nm]?|viele[nm]?|liebe[nm]?|schöne[nm]?)"
    r" (?:grüße?n?|grüsse?n?|gruß)"
    r"|mfg|(?:bien )?cordialement|(?:bien )?à vous|salutations distinguées"
    r"|(?:un (?:cordial )?saludo|saludos(?: cordiales)?|atentamente)|(?:cordiali|distinti) saluti"
    r"|atenciosamente|(?:com os melhores )?cumprimentos"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|z poważaniem|pozdrawiam|с уважением)"
    r"(?:\s*[,!.–—-]\s*(?P<name>.{0,40}))?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:this|the (?:information|content)s?)\b.{0,60}\b(?:e-?mail|message|communication)\b.{0,200}"
    r"\b(?:confidential|privileged|intended (?:solely|only|for)|addressee|named recipient)"
    r"|(?:if you (?:are not|have received this)\b.{0,80}\b(?:intended recipient|in error|by mistake))"
    r"|(?:confidentiality|legal) (?:notice|note|disclaimer)\b|disclaimer\s*:"
    r"|diese (?:e-?mail|nachricht)\b.{0,120}\bvertraulich|ce (?:message|courriel|mail)\b.{0,120}\bconfidentiel"
    r"|este (?:mensaje|correo)\b.{0,120}\bconfidencial|questo messaggio\b.{0,120}\b(?:riservat|confidenzial)"
    r"|(?:please )?(?:consider|think of) the environment before printing|sent from my \w+|get outlook for \w+"
    r"|von meinem \w+ gesendet|envoyé de mon \w+",
    re.IGNORECASE,
)
MOST_LINES = 14
"""Lines of a name, an office and its telephone numbers."""
MOST_WORDS = 14


def without_courtesies(text: str) -> str:
    """The text up to the sign-off, if only a name and an address follow, and without legal notices at the end."""
    blocks = re.split(r"\n[ \t]*\n", text.strip())
    while len(blocks) > 1 and _NOTICE.match(" ".join(blocks[-1].split()).lstrip("*_-= ")):
        blocks.pop()
    lines = "\n\n".join(blocks).split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for at in filled[max(1, len(filled) - MOST_LINES) :]:
        found = _SIGN_OFF.fullmatch(lines[at].strip())
        below = [line for line in lines[at + 1 :] if line.strip()]
        if found and all(len(line.split()) <= MOST_WORDS for line in below) and (below or found["name"] != ""):
            return "\n".join(lines[:at]).rstrip()
    return "\n".join(lines).rstrip()
