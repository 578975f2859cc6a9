"""Bytes to text."""

from __future__ import annotations

import codecs

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.decoding import decode

ENGLISH = "The army said “no” on Monday — and then it left the café."
RUSSIAN = "Министры двух стран встретились во вторник и договорились встретиться снова, сообщил чиновник."
ARABIC = "التقى وزراء البلدين يوم الثلاثاء واتفقوا على أن يلتقوا مرة أخرى، بحسب مسؤول في الوزارة."
FRENCH = "L'armée a quitté le pays après des années d'intervention. Été, où, déjà, naïve, élève, ça."
GERMAN = "Die Söldner verlassen das Land nach über drei Jahren. Außerdem übernimmt die Armee die Straßen."
CZECH = "Vojáci opustili zemi po více než třech letech, řekl včera ministr obrany a odešel do hor."
POLISH = "Prezydent powiedział w czwartek, że rząd musi znaleźć rozwiązania, a Łódź i Śląsk otrzymają środki."
SLOVAK = "Minister vo štvrtok vyhlásil, že vláda môže zaplatiť školám viac, ľudia však čakajú ďalej."
ROMANIAN = "Președintele a declarat joi că Guvernul trebuie să găsească soluții pentru țară și pentru București."
GREEK = "Άνθρωποι από όλη τη χώρα ήρθαν στην Αθήνα. Άλλοι έμειναν στη Θεσσαλονίκη, είπε ο δήμαρχος."
TURKISH = "Cumhurbaşkanı perşembe günü yaptığı açıklamada hükümetin çözüm bulması gerektiğini söyledi."
LITHUANIAN = "Prezidentas ketvirtadienį sakė, kad vyriausybė turi rasti sprendimą šiai žiemai, rašo dienraštis."
EURO = "Où est passé l'été ? Le café coûte déjà 5 €, dit le maire de la ville."
CHINESE = "两国部长星期二举行会晤，并同意再次会晤。一名官员说，他们被问了十二次。"
JAPANESE = (
    "両国の大臣は火曜日に会談し、再び会うことで合意した。担当者がそう述べた。記者はこれで全部かと十二回たずねた。"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "utf-8-sig"),
        (ENGLISH, "utf-16"),
        (ENGLISH, "utf-32"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32-le"),
        (ENGLISH, "cp1252"),
        (ENGLISH, "mac_roman"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "iso8859_5"),
        (RUSSIAN, "utf-16-be"),
        (ARABIC, "cp1256"),
        (ARABIC, "iso8859_6"),
        (ARABIC, "utf-16-le"),
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (FRENCH, "mac_roman"),
        (GERMAN, "latin-1"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859_2"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (SLOVAK, "iso8859_2"),
        (ROMANIAN, "iso8859_16"),
        (GREEK, "iso8859_7"),
        (GREEK, "cp1253"),
        (TURKISH, "cp1254"),
        (LITHUANIAN, "cp1257"),
        (EURO, "iso8859_15"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16-le"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
    ],
)
@pytest.mark.parametrize("times", [1, 50])
def test_encodings(text: str, encoding: str, times: int) -> None:
    whole = "\r\n".join([text] * times)
    assert decode(whole.encode(encoding), "a.txt") == whole


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_both_byte_orders(mark: bytes) -> None:
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    assert decode(mark + ENGLISH.encode(encoding), "a.txt") == ENGLISH


def test_a_short_word_with_an_accent() -> None:
    assert decode(b"caf\xe9", "a.txt") == "café"


def test_only_the_first_mark_is_one() -> None:
    assert decode("\ufeff\ufeffa".encode(), "a.txt") == "\ufeffa"


def test_damaged_utf8_is_not_read_in_another_encoding() -> None:
    raw = RUSSIAN.encode()
    assert decode(raw[:-3] + b"\xff\xfe.", "a.txt") == RUSSIAN[:-2] + "\ufffd\ufffd."
    assert decode(b"\xef\xbb\xbf" + raw[:-2], "a.txt") == RUSSIAN[:-2] + "\ufffd"


def test_utf8_that_was_cut_off_in_a_character() -> None:
    assert decode("He said “no” and left the café".encode()[:-1], "a.txt") == "He said “no” and left the caf\ufffd"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\nstream of text that looks quite harmless", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(range(100)), "is a picture"),
        (b"PK\x03\x04" + bytes(100), "is an archive"),
        (rb"{\rtf1\ansi Hello}", "is an RTF document"),
        (bytes(range(256)) * 20, "is binary"),
        (b"text with one \0 in it, and no sign of two bytes a letter", "is binary"),
        (b"\x01\x02\x03\x04" * 50, "is binary"),
        (bytes(5000), "is binary"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=rf"^a\.txt: {reason}") as caught:
        decode(raw, "a.txt")
    assert caught.value.param == "a.txt"


def test_a_stray_control_character_does_not_make_a_text_binary() -> None:
    assert decode(ENGLISH.encode() * 20 + b"\x02", "a.txt").endswith("\x02")


def test_a_short_text_may_have_a_control_character() -> None:
    assert decode("Größe\x08 und Äpfel kosten mehr als früher.".encode("cp1252"), "a.txt").startswith("Größe\x08 und Ä")
    assert decode(b"Hello\x07 world", "a.txt") == "Hello\x07 world"


def test_a_stray_nul_byte_is_left_out() -> None:
    assert decode(ENGLISH.encode() * 20 + b"\0", "a.txt") == ENGLISH * 20
