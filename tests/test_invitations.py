"""Calls to the reader are recognised in several languages, and sentences of articles are none."""

from __future__ import annotations

import pytest

from qa_service.parsing.cleaning.invitations import is_invitation, is_order


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for the Courier's weekly newsletter and miss nothing.",
        "Want more? Subscribe to our newsletter",
        "Get the day's stories straight to your inbox.",
        "Follow Tarn Radio on WhatsApp",
        "Subscribe to keep reading",
        "This story is for subscribers only.",
        "You have read 2 of 3 free articles.",
        "Already a subscriber? Log in",
        "Jetzt unseren Newsletter abonnieren",
        "Folgen Sie uns auf Instagram",
        "Abonnez-vous à la lettre du matin",
        "Suscríbete a nuestro boletín",
        "Iscriviti alla newsletter",
        "Schrijf je in voor de nieuwsbrief",
        "Подпишитесь на наш канал",
    ],
)
def test_calls(text: str) -> None:
    assert is_invitation(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Follow the money, prosecutors told the jury.",
        "“Follow us on WhatsApp,” the robbers wrote on the wall.",
        "Support for WhatsApp on old phones ends in January.",
        "Get out of the house, the police told them on Telegram.",
        "Join the queue early, said the organiser of the Facebook group.",
        "The bank asked customers to sign up for its newsletter.",
        "Jetzt steht fest, dass die Stadt ihren Newsletter einstellt.",
        "Recevoir un colis est devenu rare, dit le facteur sur Facebook.",
        "Sign up for our newsletter. " + "A long text is prose. " * 20,
    ],
)
def test_sentences(text: str) -> None:
    assert not is_invitation(text)


def test_buttons() -> None:
    assert (
        is_order("Sign me up") and is_order("Jetzt anmelden") and not is_order("Share") and not is_order("Play video")
    )
