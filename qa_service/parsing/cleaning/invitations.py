"""Recognises a call to the reader, such as "Sign up for our free newsletter": an order, and what it leads to.

The words of several languages are in the two tables. A sentence needs one of each, the order at its beginning.
"""

from __future__ import annotations

from functools import cache

import regex

__all__ = ["is_invitation", "is_order"]

LONGEST = 300
"""Characters of the longest call. A longer text is prose."""

_ORDERS = (
    # English
    r"(?:please |now |click (?:here )?to )?(?:sign up|subscribe|join|follow|get|receive|register|download|become|try|start"
    r"|support|donate|log ?in|sign in|stay|never miss|don[’']t miss|want|like what you|enjoying|already an?"
    r"|continue reading|keep reading|read (?:on|more|the full)|unlock|to (?:continue|read|keep)|this (?:article|story|content)"
    r" is|you have (?:read|\d+|reached)|you[’']ve (?:read|reached))\b",
    # German
    r"(?:jetzt|bitte|hier|melde|meld|abonniere|folge|erhalte|hol|lies|lade|werde|unterstütz|schon|bereits|registrier"
    r"|bleib|verpass|weiterlesen|dieser (?:artikel|beitrag))\w*\b",
    # French, Spanish, Italian, Portuguese
    r"(?:inscri[vt]|abonne|suive|suivre|rejoign|recev|recevoir|télécharg|soutene|déjà abonn|cet article est|lire la suite"
    r"|suscr[ií]b|reg[ií]str|s[íi]gue|s[ií]ga|[úu]nete|recib|desc[áa]rg|ap[óo]ya|este art[íi]culo es|contin[úu]a leyendo"
    r"|iscriv|abbona|segui|ricev|scaric|sostien|inscreva|assin|receba|baixe|junte-se)\w*\b",
    # Dutch, Swedish, Danish, Norwegian, Polish, Russian
    r"(?:schrijf|abonneer|volg|ontvang|meld|prenumerera|följ|få|registrera|tilmeld|følg|abonner|zapisz|zasubskrybuj"
    r"|obserwuj|dołącz|подпис\w*|присоединяй|читайте нас|следите)\w*\b",
)
_CHANNELS = (
    r"(?:e-?)?news-?letters?|nyhets?brev\w*|nieuwsbrief|infolettre|bolet[ií]n\w*|boletim|biuletyn\w*|рассылк\w*",
    r"in(?:to|side)? (?:your|my) (?:inbox|mailbox|e-?mail)|dans votre bo[iî]te|en tu (?:correo|bandeja)|ins (?:e-?mail-?)?postfach",
    r"(?:whats-?app|telegram|signal|viber|facebook|instagram|tiktok|twitter|youtube|linkedin|bluesky|mastodon|threads)\b",
    r"телеграм\w*|вконтакте",
    r"(?:our|unser\w*|nos|notre|nuestr[oa]s?|nostr[oaie]|noss[oa]s?|ons|onze|vår\w*|vores|nas\w*|наш\w*)\s(?:\S+\s){0,3}?"
    r"(?:channel|kanal|canal|chaîne|kanał|канал|app|podcast|briefing|community|journalism|alerts?|updates?)\w*",
    r"subscri(?:be|ber|bers|ption|ptions)\b|unlimited (?:digital )?access|free (?:account|trial)|abonnent\w*|abonné\w*"
    r"|\babo\b|(?:digital|probe|test)-?abo\w*|suscriptor\w*|suscripci[óo]n|abbonat[oi]|abbonamento|assinante\w*",
    r"subscribers only|réservé (?:aux|à nos) abonnés|exclusiv[oa] para suscriptores|free articles?|registered (?:users|readers)",
)
_ASIDE = (
    r"(?:no spam|unsubscribe (?:any ?time|whenever)|cancel any ?time|jederzeit kündbar|sans engagement|we respect your privacy"
    r"|by (?:signing up|subscribing|registering|submitting|clicking)\b.{0,60}\byou (?:agree|accept|consent))",
)
"""What stands below such a call, in small print."""


def is_invitation(text: str) -> bool:
    """Whether a short text calls the reader to subscribe, to sign up, to follow or to log in."""
    shown = text.strip()
    if not shown or len(shown) > LONGEST:
        return False
    pattern = _compiled()
    return any(pattern.match(line.strip()) is not None for line in shown.split("\n"))


def is_order(text: str) -> bool:
    """Whether the words on a button are such a call in short, as in "Subscribe now"."""
    return len(text) <= 60 and _button().match(text.strip()) is not None


@cache
def _compiled() -> regex.Pattern[str]:
    orders, channels, asides = "|".join(_ORDERS), "|".join(_CHANNELS), "|".join(_ASIDE)
    call = rf"(?:[^\w]{{0,3}}|[^.!?:]{{2,40}}[:?!]\s+)(?:{orders})[^.!?\n]{{0,160}}?(?:\b(?:{channels}))"
    return regex.compile(rf"{call}|\W*{asides}", regex.IGNORECASE)


@cache
def _button() -> regex.Pattern[str]:
    return regex.compile(
        r"(?:sign (?:me )?up|subscribe|join|register|get (?:started|the)|log ?in|become a|support us|donate|notify me"
        r"|abonnieren|jetzt|anmelden|registrieren|s[’']abonner|s[’']inscrire|je m[’']abonne|suscrib|registr|iscriv|abbona"
        r"|assin|inscrev|inschrijven|aanmelden|abonneer|prenumerera|tilmeld|zapisz|подпис)",
        regex.IGNORECASE,
    )
