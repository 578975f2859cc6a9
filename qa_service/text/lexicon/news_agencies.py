"""News agencies as datelines and sign-offs name them: "PARIS (AFP) -"."""

from __future__ import annotations

__all__ = ["agency_named"]

_AGENCIES = """
Agence France-Presse|AFP|Associated Press|The Associated Press|AP|Reuters|Thomson Reuters|UPI
United Press International|Bloomberg|Bloomberg News|dpa|Deutsche Presse-Agentur|APA|Keystone-SDA|SDA|EFE
Europa Press|ANSA|Adnkronos|AGI|Lusa|Belga|ANP|Ritzau|NTB|TT|STT|BNS|ELTA|LETA|PAP|CTK|ČTK|TASR|SITA|MTI|HINA|Tanjug
Agerpres|BTA|Ukrinform|UNIAN|TASS|ITAR-TASS|RIA Novosti|Interfax|Sputnik|BelTA|Anadolu|Anadolu Agency|AA|IHA|DHA
Xinhua|China News Service|Kyodo|Kyodo News|Jiji|Jiji Press|Yonhap|KCNA|CNA|VNA|Bernama|Antara|PTI|ANI|IANS|UNI|APP
BSS|SPA|WAM|KUNA|QNA|MENA|MAP|APS|TAP|SUNA|NAN|APAnews|PANA|GNA|KNA|SAPA|IRNA|ISNA|Fars|Tasnim|AAP|NZPA
Canadian Press|The Canadian Press|CP|PA|PA Media|Press Association|Notimex|Télam|Prensa Latina|ТАСС|РИА Новости
Интерфакс|Рейтер|АФП|УНИАН|Укринформ|БелТА|رويترز|أ ف ب|أ.ف.ب|فرانس برس|الأناضول|د ب أ|وام|واس|سانا
新华社|中新社|法新社|共同社|美联社|路透社|時事通信|共同通信|ロイター
"""

_BY_KEY = {name.casefold(): name for line in _AGENCIES.strip().splitlines() for name in line.split("|")}


def agency_named(text: str) -> str | None:
    """The agency, as the text writes it, if the whole text is the name of an agency in its usual case; else None."""
    name = " ".join(text.split()).removesuffix(".")
    found = _BY_KEY.get(name.casefold())
    # "Map" and "Pa" are words; an abbreviation is an agency in its own case only.
    return name if found is not None and (name == found or len(found) > 5) else None
