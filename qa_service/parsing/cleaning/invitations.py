"""Recognises a call to the reader, such as "Sign up for our free newsletter", in several languages.

Each pattern is an order to the reader and what it leads to. It stands at the beginning of a short text. Add no pattern
for a single site, and none that a sentence of an article could begin with.
"""

from __future__ import annotations

from functools import cache

import regex

__all__ = ["is_invitation", "is_order"]

LONGEST = 300
"""Characters of the longest call. A longer text is prose."""
LONGEST_BUTTON = 60

_NETWORK = (
    r"(?:whats-?app|telegram|signal|viber|facebook|instagram|tik-?tok|twitter|x|youtube|linkedin|bluesky|mastodon"
    r"|threads"
    r"|social media|google news|apple news|reddit|pinterest)(?:-kanal)?\b"
)
_LETTER = r"(?:(?:e-?)?news-?letters?|briefings?|alerts?|e-?mails?|inbox|mailing list|updates?|digest)\b"
_CALLS = (
    # English
    rf"(?:sign up|subscribe|register)\b(?: now| today| here| free)*,? (?:to|for|and)\b[^.!?]{{0,80}}\b{_LETTER}",
    r"(?:sign up|subscribe|register|log ?in|sign in|pay|upgrade)\b[^.!?]{0,20} to (?:read|continue|keep|view"
    r"|access|unlock|comment)",
    r"subscribe (?:to (?:us|our|the)|now|today|for (?:just|only|[$€£]))\b",
    rf"(?:get|receive|have)\b[^.!?]{{0,70}}\b(?:in|to|into) your (?:{_LETTER}|mailbox|phone)",
    rf"(?:follow|find|like|join) (?:us|me|our \S+|(?:\S+ ){{1,5}}?(?:on|at))\b[^.!?]{{0,20}}?\b{_NETWORK}",
    rf"join our (?:\S+ ){{0,4}}(?:channel|community|group|{_LETTER}|{_NETWORK})",
    r"join (?:over |more than )?(?:\d[\d,.]*\+?|thousands of|hundreds of)(?: \S+){0,2} (?:readers|subscribers"
    r"|members)\b",
    r"(?:download|get|try|install) (?:our|the (?:\S+ )?)(?: ?free| ?new| ?news| ?mobile)* ?app\b",
    r"(?:this|the) (?:article|story|content|post|page) is (?:only |exclusively )?(?:for|available (?:to|for)"
    r"|reserved for"
    r"|exclusive to) (?:our |paying |paid |registered |premium |digital )*(?:subscribers|members|readers|users)",
    r"already an? (?:\S+ ){0,2}(?:subscriber|member|user)|(?:already |don[’']t )?have an account\?",
    r"you(?: have|[’']ve) (?:read|reached|used|hit)\b[^.!?]{0,40}\b(?:free|limit)",
    r"(?:become|be) an? (?:\S+ ){0,2}(?:subscriber|member|supporter|patron)\b(?: today| now| for| and| of| to|[.!]|$)",
    r"support (?:our|independent|local|quality|\S+[’']s) (?:\S+ ){0,2}journalism",
    r"(?:create|open|register) (?:an?|your) (?:free )?account|enter your e-?mail",
    r"(?:start|try|begin|claim) (?:your|a|our|us)\b[^.!?]{0,20}\b(?:trial|subscription|membership)",
    r"(?:please )?(?:continue|keep) reading (?:with|by|for)\b|(?:to|please) (?:continue|keep) reading\b"
    r"|unlock (?:this|unlimited)",
    rf"(?:stay|keep) (?:up to date|informed|updated|in the loop|ahead)\b[^.!?]{{0,40}}\b(?:with our|{_LETTER}|app\b)",
    r"(?:never|don[’']t) miss an?(?:other)? (?:story|article|update|episode|headline)",
    r"no spam|unsubscribe any ?time|cancel any ?time|we respect your privacy",
    r"by (?:signing up|subscribing|registering|submitting)\b[^.!?]{0,60}\byou (?:agree|accept|consent)",
    # German
    r"(?:jetzt |hier |bitte |einfach |gratis )*(?:melden? sie sich|melde dich|registrieren sie sich"
    r"|abonnieren? sie|abonniere"
    r"|bestellen sie|erhalten sie|holen sie sich|laden sie)\b[^.!?]{0,60}\b(?:newsletter|whats-?app|app|push"
    r"|kanal|abo|digital"
    r"|postfach|e-paper)",
    r"(?:jetzt |hier |unseren? |den |\p{L}+en |\p{L}+[- ])?(?:jetzt "
    r"|\p{L}+en )?newsletter\b[^.!?]{0,30}\b(?:abonnieren|bestellen"
    r"|anmelden)",
    rf"folgen? (?:sie |du )?uns\b|folg(?:e|en|t)? (?:sie )?(?:\S+ ){{1,4}}(?:auf|bei) {_NETWORK}",
    r"dieser (?:artikel|beitrag|text|inhalt) ist (?:nur |exklusiv )?für\b[^.!?]{0,30}(?:abonnent|leser|mitglieder)",
    r"(?:sie (?:sind|haben) )?(?:bereits|schon) (?:abonnent|registriert|digital-?abo|ein (?:abo|konto))"
    r"|weiterlesen mit\b",
    # French
    r"(?:inscrivez|abonnez|enregistrez|connectez)-vous|(?:suivez|rejoignez|retrouvez)-nous|déjà (?:abonné|inscrit)",
    r"recevez\b[^.!?]{0,80}\b(?:newsletter|bo[iî]te|e-?mail|infolettre)|cet article est réservé"
    r"|téléchargez (?:notre|l[’']) ?appli",
    r"pour lire la suite|(?:s[’']inscrire|s[’']abonner) à\b[^.!?]{0,40}\b(?:newsletter|infolettre)",
    # Spanish, Italian, Portuguese
    r"¿?(?:suscr[íi]b(?:ete|ase|anse)|inscr[íi]bete|reg[íi]strate|s[íi]guenos|s[íi]ganos|ya eres suscriptor)\b",
    r"[úu]nete a nuestr|desc[áa]rga(?:te)? (?:nuestra|la) app|este (?:art[íi]culo|contenido) es (?:exclusivo"
    r"|solo) para",
    r"(?:recib[ae]|ricevi|receba)\b[^.!?]{0,80}\b(?:newsletter|bolet[íi]n|boletim|correo|e-?mail|whats-?app)",
    r"(?:iscriviti|abb[òo]nati|seguici)\b|(?:sei )?già abbonato|questo (?:articolo|contenuto) è riservato",
    rf"(?:inscreva|cadastre)-se\b|siga-nos\b|assine (?:a |o |já|agora|noss)|siga (?:\S+ ){{1,4}}(?:no|na) {_NETWORK}",
    # Dutch, Swedish, Danish, Norwegian
    r"(?:schrijf (?:je|u)|meld (?:je|u) aan|abonneer (?:je|u)|volg ons)\b",
    r"(?:prenumerera på|anmäl dig|följ oss|tilmeld dig|følg oss?|meld deg på|abonner på|få (?:vår|vores"
    r"|vårt) nyhets?brev)\b",
    # Polish, Russian, Ukrainian, Arabic, Chinese
    r"(?:zapisz się (?:do|na)|(?:za)?subskrybuj|obserwuj nas|dołącz do nas)\b",
    r"(?:подпи(?:шитесь|сывайтесь)|підпи(?:шіться|суйтесь)|присоединяйтесь к наш|читайте нас)",
    r"تابعونا|اشتركوا? في (?:نشرتنا|قناتنا|النشرة)|(?:扫码)?关注我们|订阅我们",
)
_BUTTONS = (
    r"sign (?:me )?up|subscribe|join (?:us|now|for free)|register|get started|log ?in|become a|support us|donate"
    r"|notify me",
    r"(?:jetzt )?(?:kostenlos )?(?:abonnieren|anmelden|registrieren|bestellen)|s[’']abonner|s[’']inscrire"
    r"|je m[’'](?:abonne|inscris)",
    r"suscr[íi]b|reg[íi]str|iscriviti|abb[òo]nati|assine|inscreva|inschrijven|aanmelden|abonneer|prenumerera"
    r"|tilmeld|zapisz",
    r"подпис",
)


def is_invitation(text: str) -> bool:
    """Whether a short text calls the reader to subscribe, to sign up, to follow or to log in."""
    shown = text.strip()
    return 0 < len(shown) <= LONGEST and _calls().match(shown) is not None


def is_order(text: str) -> bool:
    """Whether the words on a button are such a call in short, as in "Subscribe now"."""
    return len(text) <= LONGEST_BUTTON and _buttons().match(text.strip()) is not None


@cache
def _calls() -> regex.Pattern[str]:
    """A question, or a word with a colon, may stand before the call."""
    before = r"(?:[^\w\"“”„«'’‘¿]{0,3}|[^.!?:\"“”„«]{2,60}[:?!]\s+(?:please |now )?)"
    return regex.compile(f"{before}(?:{'|'.join(_CALLS)})", regex.IGNORECASE)


@cache
def _buttons() -> regex.Pattern[str]:
    return regex.compile(f"(?:{'|'.join(_BUTTONS)})", regex.IGNORECASE)
