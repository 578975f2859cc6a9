"""Mails that people pass on: who wrote the article, and what the sender wrote around it."""

from __future__ import annotations

import io
from datetime import date
from email.message import EmailMessage

import pytest

from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo
from qa_service.records import ArticleDraft

STORY = (
    "The ferry to Holm was cancelled on Tuesday because an otter had built its den in the engine room, and the crew "
    "did not want to wake it.\n\nTickets stay valid until Friday."
)


def mail(text: str, subject: str = "Fwd: Otter stops ferry") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Night Desk <night@x.example>", "b@x.example", subject
    made["Date"] = "Thu, 5 Jun 2025 06:00:00 +0200"
    made.set_content(text)
    return made


def read(made: EmailMessage) -> list[ArticleDraft]:
    file = io.BytesIO(made.as_bytes())
    source = SourceInfo("a.eml")
    return list(detect_format(file, source).read(file, source))


def facts(draft: ArticleDraft) -> tuple[object, ...]:
    return draft.meta.title, draft.meta.author, draft.meta.published


ORIGINAL = ("Otter stops ferry", "Mo Tait", date(2025, 6, 3))


@pytest.mark.parametrize(
    "above",
    [
        "FYI, for page 5.\n\n---------- Forwarded message ---------\nFrom: Mo Tait <mo@y.example>\n"
        "Date: Tue, 3 Jun 2025 at 16:40\nSubject: Otter stops ferry\nTo: Desk <d@x.example>\n\n\n",
        "Begin forwarded message:\n\nFrom: Mo Tait <mo@y.example>\nSubject: Otter stops ferry\nDate: 3 June 2025\n\n",
        "Für morgen.\n\nVon: Mo Tait [mailto:mo@y.example]\nGesendet: Dienstag, 3. Juni 2025 16:40\n"
        "An: Desk\nBetreff: Otter stops ferry\n\n",
        "Again:\n\n-----Original Message-----\nFrom: Mo Tait\nSent: 3 June 2025\nTo: Desk\nSubject: Otter stops "
        "ferry\n\n",
    ],
)
def test_the_original_sender_of_a_forwarded_mail_is_the_author(above: str) -> None:
    (draft,) = read(mail(above + STORY))
    assert draft.text == STORY
    assert facts(draft) == ORIGINAL


def test_the_innermost_of_two_forwarded_mails_counts() -> None:
    inner = "---------- Forwarded message ---------\nFrom: Mo Tait <mo@y.example>\nDate: 3 June 2025\n\n"
    outer = "---------- Forwarded message ---------\nFrom: Al Roe <al@y.example>\nDate: 4 June 2025\n\nSee this.\n\n"
    (draft,) = read(mail(outer + inner + STORY))
    assert (draft.text, facts(draft)) == (STORY, ORIGINAL)


def test_a_long_comment_on_a_forwarded_mail_stays() -> None:
    comment = "I think that this is the best story that we have had in weeks, and here is why. " * 5
    head = "---------- Forwarded message ---------\nFrom: Mo Tait <mo@y.example>\nDate: 3 June 2025\n\n"
    (draft,) = read(mail(f"{comment}\n\n{head}{STORY}"))
    assert draft.text.startswith("I think") and draft.meta.author == "Night Desk"


@pytest.mark.parametrize(
    "end",
    [
        "Regards, Tabitha",
        "Kind regards,\n\nTabitha Roe\nPress office\n+44 20 0000",
        "Mit freundlichen Grüßen\n\nTabitha Roe",
        "Cordialement,\nTabitha",
        "Best wishes\nTabitha\n\nThis e-mail and any attachments are confidential and intended solely for the "
        "addressee.",
        "CONFIDENTIALITY NOTICE: do not pass on.",
        "Sent from my phone",
    ],
)
def test_sign_offs_and_legal_notices_are_dropped(end: str) -> None:
    (draft,) = read(mail(f"{STORY}\n\n{end}", "Otter"))
    assert draft.text == STORY


@pytest.mark.parametrize("end", ["Best of all, the otter slept.", "Thanks to the crew, nobody was hurt."])
def test_sentences_that_begin_like_a_sign_off_stay(end: str) -> None:
    (draft,) = read(mail(f"{STORY}\n\n{end}", "Otter"))
    assert draft.text == f"{STORY}\n\n{end}"


def test_a_note_beside_an_attachment_is_no_article_and_its_sender_the_author() -> None:
    made = mail("Here is the story.\n\nCheers, Al", "Story")
    made.add_attachment(STORY.encode(), maintype="text", subtype="plain", filename="story.txt")
    stating = f"Otter stops ferry\n\nBy Mo Tait\n\n3 June 2025\n\n{STORY}"
    made.add_attachment(stating.encode(), maintype="text", subtype="plain", filename="other.txt")
    first, second = read(made)
    assert (first.text.strip(), first.meta.author, first.meta.published) == (STORY, "Night Desk", date(2025, 6, 5))
    assert (second.meta.author, second.meta.published) == (None, None)  # the text states them
