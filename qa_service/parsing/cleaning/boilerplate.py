"""Patterns of boilerplate: lines that belong to a page's interface, not to its article.

The table matches whole lines, ignores case and covers several languages. Add a pattern to the weakest kind that works:
cleaning removes each kind only where that is safe (see `Kind`). Add no pattern for a single site, and none that a
sentence of an article could match.
"""

from __future__ import annotations

from enum import Enum
from functools import cache, lru_cache

import regex

__all__ = ["BOILERPLATE", "STAMPS", "Kind", "classify", "supported_name"]


class Kind(Enum):
    """What a line is, judged by its text alone."""

    BLANK = "no visible character"
    CONTENT = "article text"
    STRONG = "interface text in any place"
    WEAK = "interface text before and after the article's prose, or beside other interface text"
    TAIL = "interface text after the article's prose"
    CRUMB = "a count, a letter or a network's name: a remnant if it stands among interface text"
    COUNTER = "a donation or day counter, if several stand above the article"
    STAMP = "a date alone on its line: it stays, and marks the head of an article"
    FRESH = "how long ago the page was updated: wrong once the page is copied"
    AGO = "how long ago something was, alone on its line"


BOILERPLATE = frozenset({Kind.STRONG, Kind.WEAK, Kind.TAIL, Kind.FRESH, Kind.AGO})
STAMPS = frozenset({Kind.STAMP, Kind.FRESH, Kind.AGO})

LONGEST_BOILERPLATE = 200
"""Code points; a longer line is content."""

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|instagram|youtube|tiktok|threads|mastodon|bluesky"
    r"|viber|line|weibo|vk|вконтакте|одноклассники|فيسبوك|تويتر|واتساب|تيليغرام)"
)
_UNIT = (
    r"(?:s|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?"
    r"|секунд\w*|минут\w*|час\w*|дн\w+|день|secondes?|heures?|jours?|sekunden?|minuten?|stunden?|tagen?"
    r"|segundos?|minutos?|horas?|d[ií]as?|secondi|minuti|ore|giorni|saniye|dakika|saat|gün"
    r"|ثانية|ثوان\w*|دقيقة|دقائق|ساعة|ساعات|يوم\w*|أيام|秒|分钟|分|小时|時間|天|日)"
)
_AGO = (
    rf"(?:(?:an?|\d+)\s*{_UNIT}\s*(?:ago|назад|fa|önce|前)|just now|только что"
    rf"|(?:il y a|vor|hace|منذ|há)\s+\d*\s*{_UNIT})"
)
_UPDATED = (
    r"(?:(?:last |first )?(?:updated|modified|published|posted)(?: (?:on|at))?"
    r"|обновлен[оа]?|опубликован[оа]?|дата публикации|mis à jour|publié|aktualisiert|veröffentlicht|stand|actualizado"
    r"|publicado|aggiornato|pubblicato|atualizado|güncelleme|yayınlanma|opublikowano|zaktualizowano"
    r"|آخر تحديث|تاريخ النشر|نشر في|تحديث|更新(?:时间|日時)?|发布(?:时间)?)\s*[:：]?\s*"
)
_YEAR = r"(?:19|20)\d{2}"
_DAY = (
    rf"(?:(?:\p{{L}}{{2,12}}[.,]?\s+)?\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?\p{{L}}{{3,12}}\.?,?\s+(?:de\s+)?{_YEAR}"
    rf"|(?:\p{{L}}{{2,12}},?\s+)?\p{{L}}{{3,12}}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}"
    rf"|{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:{_YEAR}|\d{{2}})"
    rf"|{_YEAR}\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日)"
)
_CLOCK = r"\d{1,2}[:.]\d{2}"
_CURRENCY = r"(?:[$€£¥₽₴₹]|usd|eur|gbp|rub|руб\.?)"
_AMOUNT = r"\d[\d.,'\s]*"
_READ_ALSO = (
    r"(?:also read|read also|читайте также|читать также|(?:à )?lire aussi|lesen sie auch|l[ae]a también"
    r"|leggi anche|leia também|czytaj (?:też|także)|اقرأ أيض[اًا]+)"
)

_TURN = (
    r"[«‹<←⟵]*\s*(?:(?:previous|prev|next|older|newer|vorherige[rs]?|nächste[rs]?|article précédent|article suivant)"
    r"\s+(?:article|story|post|page|entry|news|artikel|beitrag|seite)s?|article (?:précédent|suivant)"
    r"|art[íi]culo (?:anterior|siguiente)|articolo (?:precedente|successivo))\s*[»›>→⟶]*"
)

_PATTERNS: dict[Kind, tuple[str, ...]] = {
    Kind.FRESH: (rf"{_UPDATED}{_AGO}",),
    Kind.AGO: (_AGO,),
    Kind.STAMP: (
        rf"{_UPDATED}(?:{_DAY}|\p{{L}}{{3,12}} \d{{1,2}}\b|{_CLOCK}).{{0,30}}(?<![.!?])",
        rf"{_DAY}(?:[\s,|·–-]+(?:at\s+)?{_CLOCK}.{{0,12}})?",
    ),
    Kind.COUNTER: (
        rf"{_CURRENCY}\s*{_AMOUNT}",
        rf"{_AMOUNT}\s*{_CURRENCY}",
        rf"(?:\p{{L}}+\s+{_YEAR}\s+)?(?:\d+\s*)?(?:days?\s+(?:left|remaining|to go)|(?:дней|дня|день)\s+осталось)",
        rf"(?:\p{{L}}+\s+{_YEAR}\s+)?(?:\d+\s*)?(?:jours?\s+restants?|d[ií]as?\s+restantes?|giorni\s+rimanenti)",
        rf"(?:\p{{L}}+\s+{_YEAR}\s+)?(?:\d+\s*)?(?:tage\s+(?:verbleibend|übrig)|يوم\p{{M}}*ا?\p{{M}}*\s+متبق\p{{M}}*ي?\p{{M}}*)",
        r"осталось\s+\d+\s+(?:день|дня|дней)",
    ),
    Kind.STRONG: (
        # A comment form.
        r"(?:newest )?most voted|inline feedbacks?|(?:view|show|load|see) (?:all|more) comments|\d+ comments?",
        r"would love your thoughts, please comment\.?\s*x?",
        r"(?:leave|post|add|write) a (?:comment|reply)|join the (?:conversation|discussion)",
        r"your e-?mail address will not be published\.?.{0,60}|required fields are marked.{0,10}",
        r"(?:оставить|добавить|написать) комментарий|комментарии\s*\(?\d+\)?|laisser un commentaire",
        r"kommentar (?:schreiben|verfassen)|dej[ae] un comentario|lascia un commento|deixe um comentário",
        r"(?:أضف|اكتب) تعليق[اًك]*|(?:发表|查看)(?:全部|所有)?评论",
        r"captcha\s*\*?",
        # Beside a picture, without describing it.
        r"click (?:here )?to (?:see|view|enlarge|zoom)(?: the)?(?: full[- ]?size)?(?: image| photo| picture| map)?",
        r"enlarge (?:this )?(?:image|photo|picture)|(?:view|open|see) full[- ]?size (?:image|photo|picture)",
        r"illustrative (?:image|photo|picture)|иллюстративное (?:фото|изображение)|photo d[’']illustration",
        r"symbolbild|imagen ilustrativa|imagem ilustrativa|immagine illustrativa|صورة (?:توضيحية|تعبيرية)",
        # Advertising.
        r"advertisement|(?:advertisement|ad)\s*[-–—:|]\s*(?:scroll|story|article|content).{0,40}",
        r"(?:article|story|content) continues (?:below|after)(?: (?:this |the )?(?:ad|advert|advertisement))?",
        r"реклама|на правах рекламы|anzeige|publicité|publicidad|pubblicità|publicidade|reklama?|إعلان|广告|広告",
        # Newsletters and subscriptions.
        r"(?:subscribe|sign up) (?:to|for) (?:our|the)\b.{0,50}\bnewsletters?|get our newsletter",
        r"подпи(?:саться|шитесь) на (?:нашу? )?(?:рассылку|канал).{0,40}|newsletter (?:abonnieren|bestellen)",
        r"s[’']inscrire à (?:la|notre) newsletter|suscr[ií]bete a (?:nuestro|la) (?:boletín|newsletter)",
        # Sharing and following.
        r"share (?:this|the) (?:article|story|post|page|video)(?: (?:on|via) .{0,30})?",
        rf"share (?:on|via) {_NETWORK}|поделиться (?:в|на) {_NETWORK}",
        r"(?:tweet this|copy (?:the )?link(?: to clipboard)?|link copied)!?",
        r"(?:print|e-?mail) this (?:article|page|story)",
        # Page navigation.
        r"skip to (?:main )?content|(?:back|scroll|return) to (?:the )?top|наверх|nach oben|haut de page",
        # Labels above links to other articles, or a link with its label.
        r"more (?:on|about) (?:the|this) (?:topic|story|subject)\s*:?|you (?:may|might) also like\s*:?",
        r"related (?:articles?|stories|topics|content|posts|news|links)\s*:?",
        rf"{_READ_ALSO}\s*[:：]?",
        rf"{_READ_ALSO}\s*[:：]\s*.{{4,150}}(?<![.!?…؟])",
        r"mehr zum thema\s*:?|te puede interesar\s*:?|sur le même sujet\s*:?",
        r"(?:相关(?:新闻|阅读|文章)|延伸阅读|関連記事)[:：]?",
        # Cookies.
        r"(?:accept|reject|manage|allow)(?: all)? cookies|cookie (?:settings|preferences)",
    ),
    Kind.WEAK: (
        # A comment form.
        r"notify (?:me )?of(?: new .{0,40})?|oldest|newest|comments?\s*:?",
        r"комментарии|commentaires|kommentare|التعليقات",
        # Newsletters and subscriptions.
        r"subscribe(?: now)?|sign (?:in|up)|log ?in|register|donate(?: now)?",
        r"подписаться|s[’']abonner|abonnieren|suscribirse|abbonati|assinar|اشترك(?: الآن)?|订阅|購読",
        # Sharing and following.
        rf"follow(?: us)?(?: on {_NETWORK}(?:(?:,| and|, and) {_NETWORK})*)?\s*:?",
        r"share\s*:?|tweet|\d+ (?:shares|views|likes)",
        r"поделиться|partager|teilen|compartir|condividi|compartilhar|paylaş|udostępnij|شارك(?:ها)?|مشاركة|分享",
        r"(?:تابعنا|suivez-nous|síguenos|folgen sie uns|seguici).{0,30}",
        # Page navigation.
        r"(?:load|show|read) more|\d+[- ]min(?:ute)?s? read",
        r"listen(?: now| to (?:this )?(?:article|story))?|play (?:video|audio)",
        # Labels above links to other articles, or a link with its label.
        r"related\s*:?|see also\s*:?|read next\s*:?|по теме\s*:?",
        r"recommended(?: for you)?\s*:?|most (?:read|popular)\s*:?",
        # Cookies.
        r"(?:we use|(?:this|our) (?:web)?site uses) cookies"
        r" (?:on (?:this|our)|to (?:improve|give|ensure|enhance|personali[sz]e|provide|offer|make sure|analy[sz]e))"
        r"\b.{0,120}\b(?:experience|(?:web)?site|content|ads|traffic|settings)\b.{0,20}",
    ),
    Kind.TAIL: (
        # A comment form.
        r"guest",
        # Requests to the reader.
        r"support (?-i:\p{Lu}\S*(?: \p{Lu}\S*){0,2})",
        r"(?:do|did) you (?:like|enjoy) th(?:is|e) (?:article|story|post|page)\s*\??|rate this article",
        r"(?:was|is) this (?:article|page|story|information) (?:helpful|useful|interesting)\s*\??",
        r"(?:report|found) (?:an error|a typo|a mistake).{0,20}|нашли (?:ошибку|опечатку)\s*\?.{0,60}",
        # The end of the article.
        r"[-–—]\s*30\s*[-–—]|#\s*#\s*#|[-–—(]?\s*(?:the )?ends?\s*[-–—)]?",
        r"(?:this|the) (?:page|article|story|post|report|live ?blog)"
        r" (?:(?:will|is|was)(?: be)?(?: being)? )?(?:automatically )?"
        r"(?:updates?|updated|updating|refresh(?:es|ed)?)(?: automatically| regularly| live| continuously)\.?",
        r"click (?:here |below )?(?:for|to (?:read|view|see|open)) .{2,60}(?<![.!?…])",
        r"(?:topics?|tags?|keywords?|filed under|posted in|themen|schlagw[oö]rter|étiquettes|mots[- ]clés|etiquetas"
        r"|temas)\s*:\s*.{2,150}(?<![.!?…])",
        rf"{_TURN}(?:\s*(?:[|/·•—–-]|\s)\s*{_TURN})?",
    ),
    Kind.CRUMB: (
        r"\d{1,6}|\d+(?:[.,]\d)?[km]|\p{Latin}|[^\p{L}\p{N}]{1,3}",
        _NETWORK,
        r"e-?mail|print|save|like|home|menu|search|next|previous|close|reply",
        r"loading(?:…|\.\.\.)?",
    ),
}

_SUPPORT = regex.compile(r"(?i:support) (\p{Lu}\S*(?: \p{Lu}\S*){0,2})")


def classify(line: str) -> Kind:
    """The kind of a line: that of the first pattern that matches the whole line, else `CONTENT`."""
    shown = line.strip()
    if not shown:
        return Kind.BLANK
    return _kind_of(shown) if len(shown) <= LONGEST_BOILERPLATE else Kind.CONTENT


@lru_cache(maxsize=1 << 14)
def _kind_of(shown: str) -> Kind:
    found = _compiled().fullmatch(shown)
    return Kind[found.lastgroup] if found is not None and found.lastgroup else Kind.CONTENT


def supported_name(line: str) -> str | None:
    """The name in "Support NAME", else None. Alone on a line, that name is boilerplate too."""
    found = _SUPPORT.fullmatch(line.strip())
    return found[1] if found else None


@cache
def _compiled() -> regex.Pattern[str]:
    """One group for each kind, in order. Compiled at the first use: that takes 50 ms, and questions do not need it."""
    groups = (f"(?P<{kind.name}>{'|'.join(patterns)})" for kind, patterns in _PATTERNS.items())
    return regex.compile("|".join(groups), regex.IGNORECASE)
