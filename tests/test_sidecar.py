"""`sources.toml`: what it may say, and what it is told when it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa_service.errors import InvalidInput
from qa_service.parsing.sidecar import read_sidecar
from qa_service.records import ArticleMeta


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("An article.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Another.", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.txt").write_text("A third.", encoding="utf-8")
    return tmp_path


def say(folder: Path, toml: str, encoding: str = "utf-8") -> Path:
    (folder / "sources.toml").write_text(toml, encoding=encoding)
    return folder


def test_without_one_nothing_is_known(folder: Path) -> None:
    assert read_sidecar(folder) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_all_keys(folder: Path, encoding: str) -> None:
    toml = """
        ["a.txt"]
        title = " Тітул “x” "
        outlet = "O"
        author = "A"
        published = 2025-06-07
        language = "en"
        url = "https://a.example/1?x=y"
        ["b.txt"]
        published = "2025-06-08"
    """
    assert read_sidecar(say(folder, toml, encoding)) == {
        "a.txt": ArticleMeta("Тітул “x”", "O", "A", date(2025, 6, 7), "en", "https://a.example/1?x=y"),
        "b.txt": ArticleMeta(published=date(2025, 6, 8)),
    }


WRONG = [
    ('["c.txt"]\ntitle = "T"', "there is no file 'c.txt' beside it", "c.txt"),
    ('["sub/c.txt"]\ntitle = "T"', "there is no file 'sub/c.txt' beside it", "sub/c.txt"),
    ('["sub"]\ntitle = "T"', "there is no file 'sub' beside it", "sub"),
    ('title = "T"', "there is no file 'title' beside it", "title"),
    ('"a.txt" = "T"', "'a.txt' must be a table", "a.txt"),
    ('["a.txt"]\ntitel = "T"', "'a.txt' has the unknown key 'titel'", "a.txt.titel"),
    ('["a.txt"]\ntext = "T"', "'a.txt' has the unknown key 'text'", "a.txt.text"),
    ('["a.txt"]\ntitle = ""', "'title' of 'a.txt' must be a text that is not empty", "a.txt.title"),
    ('["a.txt"]\noutlet = 7', "'outlet' of 'a.txt' must be a text that is not empty", "a.txt.outlet"),
    ('["a.txt"]\npublished = "soon"', "'published' of 'a.txt' must be a date such as 2025-06-07", "a.txt.published"),
    ('["a.txt"]\npublished = "2025-02-30"', "'published' of 'a.txt' must be a date", "a.txt.published"),
    ('["a.txt"]\npublished = 2025', "'published' of 'a.txt' must be", "a.txt.published"),
    (
        '["a.txt"]\nlanguage = "english"',
        "'language' of 'a.txt' must be a two-letter language code",
        "a.txt.language",
    ),
    ('["a.txt"]\nurl = "javascript:alert(1)"', "'url' of 'a.txt' must be an address that begins", "a.txt.url"),
    ('["a.txt"]\nurl = "https://[::1"', "'url' of 'a.txt' must be an address that begins", "a.txt.url"),
    ('["a.txt"]\nurl = "https://a b"', "'url' of 'a.txt' must be an address that begins", "a.txt.url"),
    ("[a.txt]\npublished = 2025-02-30", "cannot be read as TOML", "sources.toml"),
    ("[a.txt", "cannot be read as TOML", "sources.toml"),
]


@pytest.mark.parametrize(("toml", "complaint", "param"), WRONG)
def test_what_is_wrong_is_named(folder: Path, toml: str, complaint: str, param: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_sidecar(say(folder, toml))
    assert str(folder / "sources.toml") in str(caught.value)
    assert complaint in str(caught.value)
    assert caught.value.param == param


def test_one_that_is_not_utf8(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as TOML"):
        read_sidecar(say(folder, '["a.txt"]\ntitle = "é"', "latin-1"))


def test_a_region_after_the_language_is_left_out(folder: Path) -> None:
    known = read_sidecar(say(folder, '["a.txt"]\nlanguage = "pt-BR"'))
    assert known["a.txt"].language == "pt"
