"""Removes from the text of a mail what its author did not write for it: quoted replies, signature, list footer."""

from __future__ import annotations

import re

from qa_service.parsing.mail.courtesies import without_courtesies

__all__ = ["without_flow", "without_footer", "without_wrapping"]

_QUOTE = re.compile(r"\s{0,3}>")
_WROTE = r"(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał(?:a|\(a\))?)"
_INTRODUCTION = re.compile(
    rf"(?:on|am|le|el|il|em|op|den|w dniu)\b.{{4,200}}\b{_WROTE}\b.{{0,80}}:|[^\n]{{1,100}}\b{_WROTE}\b[^\n]{{0,80}}:",
    re.IGNORECASE | re.DOTALL,
)
"""The one or two lines before a quotation."""
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale)"
    r"\s*-{2,}",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"-- ?|--\u00a0")
_RULE = re.compile(r"[-_=*~ ]{3,}")
_FOOTER = re.compile(
    r"unsubscribe|manage (?:your )?(?:email )?preferences|update (?:your )?preferences|mailing list|mailman|abbestell"
    r"|abmelden|désabonn|désinscri|darse de baja|annulla l.iscrizione|afmelden|you (?:are|were) (?:receiving|sent) this"
    r"|you received this (?:e-?mail|message) because|view (?:this (?:e-?mail|message) |it |online )?in your browser"
    r"|im browser (?:ansehen|anzeigen|öffnen)|voir (?:dans le navigateur|en ligne)",
    re.IGNORECASE,
)
"""What programs that send newsletters and lists write above and below them."""
_ITEM = re.compile(r"\s*(?:[-*•–—+]|\d{1,3}[.)])\s|\s{4,}|\s*\|")
FEWEST_OF_WRAPPED, MOST_OF_WRAPPED = 45, 100
"""Characters of lines that a mail program breaks."""
MOST_HEAD_LINES = 3
MOST_FOOTER_LINES = 25
LONGEST_FOOTER_LINE = 250


def without_flow(text: str, *, delete_space: bool = False) -> str:
    """Joins the lines that a program broke (format=flowed, RFC 3676): those that end with a space."""
    lines: list[str] = []
    open_line = False
    depth = 0
    for line in text.split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        content = line[quoted:].removeprefix(" ")
        if open_line and quoted == depth:
            lines[-1] += content
        else:
            lines.append(">" * quoted + (" " if quoted else "") + content)
        open_line = content.endswith(" ") and content != "-- "
        if open_line and delete_space:
            lines[-1] = lines[-1][:-1]
        depth = quoted
    return "\n".join(lines)


def without_wrapping(text: str) -> str:
    """Joins the lines of paragraphs that a mail program broke at some width. Lists and short lines stay as they are."""
    lines = text.split("\n")
    joined: list[str] = []
    for at, line in enumerate(lines):
        if joined and line.strip() and joined[-1].strip() and _is_broken(lines, at - 1):
            joined[-1] = f"{joined[-1].rstrip()} {line.lstrip()}"
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_broken(lines: list[str], at: int) -> bool:
    """Whether the line goes on in the next: it was full, or ends with a space, or the next begins in small letters."""
    line, following = lines[at], lines[at + 1]
    if _ITEM.match(following) or _QUOTE.match(following) or len(line.rstrip()) < FEWEST_OF_WRAPPED:
        return False
    if line.endswith(" ") or following.lstrip()[:1].islower():
        return True
    begin, end = at, at + 1
    while begin and lines[begin - 1].strip():
        begin -= 1
    while end < len(lines) and lines[end].strip():
        end += 1
    width = max(len(one.rstrip()) for one in lines[begin:end])
    return width <= MOST_OF_WRAPPED and len(line.rstrip()) + 1 + len(following.split()[0]) > width


def without_footer(text: str) -> str:
    """The text without quoted replies, signature, and what a newsletter or list says about itself."""
    lines = text.replace("\r\n", "\n").split("\n")
    for at, line in enumerate(lines):
        is_signature = bool(_SIGNATURE.fullmatch(line)) and len(lines) - at <= MOST_FOOTER_LINES
        if (is_signature or _ORIGINAL.fullmatch(line.strip())) and any(one.strip() for one in lines[:at]):
            lines = lines[:at]
            break
    return without_courtesies("\n".join(_without_list_footer(_without_quotes(lines))))


def _without_quotes(lines: list[str]) -> list[str]:
    """The lines that are not quoted. A message of quoted lines alone keeps them, without their marks."""
    quoted = [bool(_QUOTE.match(line)) for line in lines]
    if not any(quoted):
        return lines
    kept: list[str] = []
    for line, is_quoted in zip(lines, quoted, strict=True):
        if not is_quoted:
            kept.append(line)
            continue
        for number in (2, 1):  # the line that introduces the quotation
            while kept and not kept[-1].strip():
                kept.pop()
            if kept and _INTRODUCTION.fullmatch("\n".join(kept[-number:]).strip()):
                del kept[-number:]
                break
    if any(line.strip() for line in kept):
        return kept
    return [_QUOTE.sub("", line, count=1).removeprefix(" ") for line in lines]


def _without_list_footer(lines: list[str]) -> list[str]:
    """The lines without the head and the footer: from the first of the last lines that speaks of the subscription."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    speaking = [at for at in filled if len(lines[at]) <= LONGEST_FOOTER_LINE and _FOOTER.search(lines[at])]
    head = [at for at in speaking if at in filled[: min(MOST_HEAD_LINES, len(filled) // 2)]]
    tail = [at for at in speaking if at in filled[len(filled) // 2 :][-MOST_FOOTER_LINES:] and at not in head]
    if tail:
        end = tail[0]
        while end and (not lines[end - 1].strip() or _RULE.fullmatch(lines[end - 1].strip())):
            end -= 1
        lines = lines[:end]
    return [line for at, line in enumerate(lines) if at not in head]
