"""Mail, mailboxes and subtitles, as programs write them."""

from __future__ import annotations

import io
from datetime import date
from email.message import EmailMessage

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo
from qa_service.records import ArticleDraft, ArticleMeta


def read(name: str, content: bytes | str) -> tuple[list[ArticleDraft], list[str]]:
    """The drafts of a file, and the warnings about it."""
    told: list[str] = []
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    source = SourceInfo(name, warn=told.append)
    return list(detect_format(file, source).read(file, source)), told


def text_of(name: str, content: bytes | str) -> str:
    (draft,), _ = read(name, content)
    return draft.text


HEAD = "From: Ann Lee <ann@x.example>\nTo: b@x.example\nSubject: Wells\nDate: Tue, 3 Jun 2025 23:30:00 -0700\n"


def plain(body: str, kind: str = "text/plain; charset=utf-8") -> str:
    return f"{HEAD}Content-Type: {kind}\n\n{body}"


def test_headers_and_body_are_decoded() -> None:
    raw = (
        b"Received: from a.example\n by b.example\nFrom: =?UTF-8?Q?Caf=C3=A9_Post?= <news@x.example>\nTo: b@x.example\n"
        b"Subject: =?UTF-8?B?T3lzdGVyIGJlZHMg4oCTIG9wZW4=?=\nDate: Tue, 3 Jun 2025 23:30:00 -0700\n"
        b'Content-Type: text/plain; charset="iso-8859-1"\nContent-Transfer-Encoding: quoted-printable\n\n'
        b"The toxin of Gull=E5s was found no lon=\nger =80 18.\n"
    )
    (draft,), told = read("a.eml", raw)
    assert draft.text == "The toxin of Gullås was found no longer € 18."
    assert draft.meta == ArticleMeta("Oyster beds – open", outlet="Café Post", published=date(2025, 6, 3))
    assert told == []


def test_a_person_is_the_author_and_prefixes_are_no_title() -> None:
    (draft,), _ = read("a.eml", plain("Dug.").replace("Subject: Wells", "Subject: Re: AW: Wells"))
    assert (draft.meta.title, draft.meta.author, draft.meta.outlet) == ("Wells", "Ann Lee", None)


@pytest.mark.parametrize(
    "body",
    [
        "The well is dug.\n\n-- \nAnn Lee\nPhone 1\n",
        "The well is dug.\n\nOn Tue, Jun 3, 2025 at 9:00 AM Bo Li <bo@x.example> wrote:\n> Is it dug?\n> Bo\n",
        "The well is dug.\n\nOn Tue, Jun 3, 2025 at 9:00 AM Bo Li\n<bo@x.example> wrote:\n\n> Is it dug?\n",
        "Am 03.06.2025 um 09:00 schrieb Bo Li:\n> Is it dug?\n\nThe well is dug.\n",
        "The well is dug.\n\n-----Original Message-----\nFrom: Bo\nIs it dug?\n",
        "The well is dug.\n\n_______________________________________________\nWells mailing list\nhttps://x.example\n",
        "View this email in your browser\n\nThe well is dug.\n\nYou are receiving this as a reader.\nUnsubscribe\n",
        "---------- Forwarded message ---------\nFrom: Bo <b@x.example>\nDate: Mon, Jun 2, 2025\n\nThe well is dug.\n",
        "> The well is dug.\n",
    ],
)
def test_what_the_author_did_not_write_is_left_out(body: str) -> None:
    assert text_of("a.eml", plain(body)) == "The well is dug."


def test_flowed_lines_are_joined() -> None:
    body = "The well \nis dug.\n\nIt gives \nwater.\n-- \nAnn"
    assert text_of("a.eml", plain(body, "text/plain; format=flowed")) == "The well is dug.\n\nIt gives water."


def test_lines_that_a_program_broke_are_joined() -> None:
    body = (
        "The oyster beds in the bay of Gullås reopen today after a ban\nof six weeks. The inspector, Björn Halvorsen, "
        "said so on\nTuesday in Berlin.\n\nProgramme:\n- oysters at the quay of the harbour, with music and wine\n"
        "- talks\n\nShort line\nAnother short line\n"
    )
    assert text_of("a.eml", plain(body)).split("\n") == [
        "The oyster beds in the bay of Gullås reopen today after a ban of six weeks. The inspector, Björn Halvorsen, "
        "said so on Tuesday in Berlin.",
        "", "Programme:", "- oysters at the quay of the harbour, with music and wine", "- talks",
        "", "Short line", "Another short line",
    ]  # fmt: skip


def test_an_unknown_charset_is_found_by_the_content() -> None:
    assert text_of("a.eml", plain("Der Brunnen in Köln – fertig.", "text/plain; charset=bogus")) == (
        "Der Brunnen in Köln – fertig."
    )


def newsletter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = '"The Morning Post" <ann@post.example>'
    mail["To"] = "b@x.example"
    mail["Subject"] = "Tram line opens"
    mail["Date"] = "Tue, 03 Jun 2025 06:00:00 +0200"
    mail["List-Unsubscribe"] = "<https://x.example>"
    mail.set_content("Read this in a browser.")
    mail.add_alternative(
        "<html><head><style>p{}</style></head><body><p>The tram line&nbsp;7 opens on <b>Monday</b>.</p>"
        "<ul><li>12 stops</li></ul><p><a href='u'>Unsubscribe</a></p></body></html>",
        subtype="html",
    )
    return mail


def test_the_part_that_says_more_is_read_and_a_newsletter_is_an_outlet() -> None:
    (draft,), _ = read("a.eml", newsletter().as_bytes())
    assert draft.text == "The tram line 7 opens on Monday.\n\n- 12 stops"
    assert (draft.meta.outlet, draft.meta.author) == ("The Morning Post", None)


def test_attached_documents_and_messages_are_articles() -> None:
    mail = newsletter()
    mail.add_attachment(b"Title,Text\nA,The fee rises.\n", maintype="text", subtype="csv", filename="news.csv")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    mail.add_attachment(b"PK\x03\x04x", maintype="application", subtype="zip", filename="bad.docx")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Jo <jo@x.example>", "Owls"
    inner.set_content("The census found 41 owls.")
    mail.add_attachment(inner)
    drafts, told = read("a.eml", mail.as_bytes())
    assert [(draft.meta.title, draft.text.splitlines()[0]) for draft in drafts] == [
        ("Tram line opens", "The tram line 7 opens on Monday."), ("A", "The fee rises."),
        ("Owls", "The census found 41 owls."),
    ]  # fmt: skip
    assert len(told) == 1 and told[0].startswith("attachment 'bad.docx' is not read: ")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (plain(""), "it has no text."),
        (
            HEAD + "MIME-Version: 1.0\nContent-Type: application/ms-tnef; name=winmail.dat\n\nx",
            "its text is in Outlook's winmail.dat. Save it as HTML or plain text.",
        ),
    ],
)
def test_a_mail_without_text_is_one_line(raw: str, reason: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        read("a.eml", raw)
    assert caught.value.message == f"a.eml: {reason}"
    with pytest.raises(UnreadableSource, match=r"a\.msg: is an Outlook message\. Save it as \.eml\."):
        read("a.msg", b"\xd0\xcf\x11\xe0" + bytes(100))


def test_a_mailbox_is_an_article_a_message() -> None:
    box = (
        "From a@x Mon Jun  2 10:00:00 2025\n" + plain("First.\n\n>From here all is quiet.\nFrom the sea came fog.\n")
        + "\nFrom b@x Tue Jun  3 10:00:00 2025\n" + plain("")
        + "\nFrom - Tue Jun  3 10:00:00 2025\n" + plain("Third.\n").replace("Wells", "Fog")
    )  # fmt: skip
    drafts, told = read("a.mbox", box)
    assert [(draft.meta.title, draft.text) for draft in drafts] == [
        ("Wells", "First.\n\nFrom here all is quiet.\nFrom the sea came fog."), ("Fog", "Third."),
    ]  # fmt: skip
    assert told == ["message 2 has no text and was skipped."]


# Subtitles


def test_a_rolling_caption_is_said_once() -> None:
    vtt = (
        "WEBVTT\nKind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE a comment\n\n"
        "00:00:00.000 --> 00:00:02.000 align:start\n \nhello<00:00:00.500><c> and welcome</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nhello and welcome\n \n\n"
        "00:00:02.010 --> 00:00:04.000\nhello and welcome\nto the<00:00:02.500><c> harbour</c>\n\n"
        "00:00:06.000 --> 00:00:07.000\n[Music]\n\n00:00:08.000 --> 00:00:09.000\nnext topic &amp; more\n"
    )
    (draft,), _ = read("a.vtt", vtt)
    assert draft.text == "hello and welcome to the harbour\n\nnext topic & more"
    assert draft.meta == ArticleMeta(language="en")


def test_speakers_take_turns() -> None:
    vtt = (
        "WEBVTT\n\nintro\n00:01.000 --> 00:03.000\n<v.loud Anna Lee>The ferry sails</v>\n\n"
        "00:03.100 --> 00:04.000\n<v Anna Lee>on <i>Monday</i>.\n\n00:04.100 --> 00:05.000\n<v Bo>At nine?\n- At ten.\n"
    )
    assert text_of("a.vtt", vtt) == "Anna Lee: The ferry sails on Monday.\n\nBo: At nine?\n\nAt ten."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_srt_with_missing_blank_lines(encoding: str) -> None:
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>Die Fähre fährt</i>\r\n2\r\n00:00:02,100 --> 00:00:03,000\r\n"
        "am Montag.\r\n\r\n3\r\n00:00:09,500 --> 00:00:10,000\r\nDas Café öffnet.\r\n"
    )
    assert text_of("a.srt", srt.encode(encoding)) == "Die Fähre fährt am Montag.\n\nDas Café öffnet."


def test_subtitles_without_a_word_are_refused() -> None:
    with pytest.raises(UnreadableSource, match=r"a\.vtt: it has no cue with a text\."):
        read("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n[Music]\n")


def test_a_sole_speaker_is_not_named_and_two_are() -> None:
    cues = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Reader>The otter slept.\n\n00:02.000 --> 00:04.000\n<v {}>It woke.\n"
    assert text_of("a.vtt", cues.format("Reader")) == "The otter slept. It woke."
    assert text_of("a.vtt", cues.format("Guest")) == "Reader: The otter slept.\n\nGuest: It woke."
