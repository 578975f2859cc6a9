"""qa_service.text.basic.language."""

from __future__ import annotations

import pytest

from qa_service.text.basic.language import detect_language, likeliest_language, mostly_latin


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The region has now become the world's epicentre of terrorism.", "en"),
        ("Le groupe Wagner quitte le Mali après de lourdes pertes.", "fr"),
        ("Die Gruppe Wagner verlässt Mali nach schweren Verlusten.", "de"),
        ("قالت وزارة الدفاع الروسية إن القوات انسحبت من شمال مالي بعد معارك عنيفة.", "ar"),
        ("Министерство обороны России заявило о выводе войск из Мали.", "ru"),
        ("ワグネルグループはマリから撤退した。", "ja"),
        ("한국 정부는 오늘 새로운 정책을 발표했다.", "ko"),
        ("俄罗斯国防部星期五表示，瓦格纳集团将离开马里，由非洲军团接替。", "zh"),
    ],
)
def test_sentences_in_several_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mali",
        "한국",
        "Brutal methods",
        "0 $ 2,500 $ 5,000 $ 500 $",
        "asdf qwer zxcv tyui ghjk bnmm",
        "\ud800\udfff\0",
        "👍" * 40,
    ],
)
def test_too_little_to_tell(text: str) -> None:
    assert detect_language(text) is None


def test_letters_that_say_nothing() -> None:
    assert detect_language("Goïta Tinzaouaténe Kidal Bamako Timbuktu") is None


def test_a_lone_surrogate_changes_nothing() -> None:
    assert detect_language("The region has now become the \ud800world's epicentre of terrorism.") == "en"


def test_the_likeliest_of_some_languages_however_short_the_text() -> None:
    assert likeliest_language("متى ولد", ["en", "ar", "ru"]) == "ar"
    assert likeliest_language("Где?", ["en", "ar", "ru"]) == "ru"
    assert likeliest_language("Где?", ["xx"]) is None
    assert likeliest_language("\ud800", []) is None


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Mali", True), ("Мали", False), ("", True), ("2024?", True), ("Mali Мали", True), ("AFP в Мали", False)],
)
def test_letters_are_mostly_latin_or_not(text: str, latin: bool) -> None:
    assert mostly_latin(text) is latin
