"""`sources.toml`: what it may say, and what it is told when it is wrong."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from qa_service.errors import InvalidInput
from qa_service.parsing.facts.sidecar import absent_files, read_sidecar, read_sidecar_text
from qa_service.parsing.sources import find_sources
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
    assert read_sidecar(folder) == ({}, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_all_keys(folder: Path, encoding: str) -> None:
    toml = """
        ["a.txt"]
        title = " Тітул “x” "
        outlet = "O"
        author = "A"
        published = 2025-06-07
        updated = 2025-06-08T23:59:00+02:00
        language = "en"
        url = "https://a.example/1?x=y"
        tags = ["ferry", "Écho", "budget", "ferry "]
        ["sub/c.txt"]
        published = "2025-06-08"
        tags = "budget, ferry"
    """
    assert read_sidecar(say(folder, toml, encoding)) == (
        {
            "a.txt": ArticleMeta(
                "Тітул “x”",
                "O",
                "A",
                date(2025, 6, 7),
                "en",
                "https://a.example/1?x=y",
                updated=date(2025, 6, 8),
                tags=("budget", "ferry", "Écho"),
            ),
            "sub/c.txt": ArticleMeta(published=date(2025, 6, 8), tags=("budget", "ferry")),
        },
        [],
    )


WRONG = [
    ('["c.txt"]\ntitle = "T"', "there is no file 'c.txt'. Put the exact name in quotes"),
    ('["*.txt"]\ntitle = "T"', "there is no file '*.txt'. Patterns are not supported."),
    ('["sub"]\ntitle = "T"', "there is no file 'sub'"),
    ('["../a.txt"]\ntitle = "T"', "'../a.txt' is ignored, because it is no file in this folder"),
    ('["/a.txt"]\ntitle = "T"', "'/a.txt' is ignored, because it is no file in this folder"),
    ('title = "T"', "'title' is ignored, because it is no table"),
    ('[a.txt]\ntitle = "T"', "'a' is ignored, because it is no table with keys such as title. Put the exact name"),
    ('["a.txt"]\ntitel = "T"', "'a.txt' has the unknown key 'titel'; did you mean title? Known keys are title,"),
    ('["a.txt"]\ntext = "T"', "'a.txt' has the unknown key 'text'"),
    ('["a.txt"]\ntitle = ""', "'a.txt': 'title' must be a text that is not empty (got ''). The field is left out."),
    ('["a.txt"]\noutlet = 7', "'a.txt': 'outlet' must be a text that is not empty (got 7)"),
    ('["a.txt"]\npublished = "soon"', "'a.txt': 'published' must be a date such as 2025-06-07"),
    ('["a.txt"]\nupdated = "2025-02-30"', "'a.txt': 'updated' must be a date"),
    ('["a.txt"]\ntags = 7', "'a.txt': 'tags' must be a text or a list: each tag must be a text (got 7)"),
    ('["a.txt"]\ntags = [7]', "'a.txt': 'tags' must be a text"),
    ('["a.txt"]\nurl = "javascript:alert(1)"', "'a.txt': 'url' must be an address that begins"),
    ('["a.txt"]\nurl = "https://[::1"', "'a.txt': 'url' must be an address that begins"),
]


@pytest.mark.parametrize(("toml", "complaint"), WRONG)
def test_what_is_wrong_in_an_entry_is_a_warning(folder: Path, toml: str, complaint: str) -> None:
    more = toml + '\n["b.txt"]\ntitle = "B"'
    entries, warnings = read_sidecar(say(folder, more))
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{folder / 'sources.toml'}: ")
    assert complaint in warnings[0]
    assert entries["b.txt"] == ArticleMeta(title="B")


def test_the_other_fields_of_a_wrong_entry_count(folder: Path) -> None:
    entries, _ = read_sidecar(say(folder, '["a.txt"]\ntitle = "T"\npublished = "soon"'))
    assert entries == {"a.txt": ArticleMeta(title="T")}


@pytest.mark.parametrize("toml", ["[a.txt]\npublished = 2025-02-30", "[a.txt", '["a.txt"]\nx = 1\n["a.txt"]\nx = 1'])
def test_one_that_is_not_toml_is_refused(folder: Path, toml: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as TOML") as caught:
        read_sidecar(say(folder, toml))
    assert str(folder / "sources.toml") in str(caught.value)
    assert caught.value.param == "sources.toml"


def test_one_that_is_not_utf8(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as TOML"):
        read_sidecar(say(folder, '["a.txt"]\ntitle = "é"', "latin-1"))


def test_a_region_after_the_language_is_left_out(folder: Path) -> None:
    entries, _ = read_sidecar(say(folder, '["a.txt"]\nlanguage = "pt-BR"'))
    assert entries["a.txt"].language == "pt"


def test_the_nearest_one_wins_field_by_field(folder: Path) -> None:
    say(folder, '["a.txt"]\noutlet = "Root"\n["sub/c.txt"]\noutlet = "Root"\nauthor = "Ann"\ntags = ["x"]')
    say(folder / "sub", '["c.txt"]\noutlet = "Near"')
    found = {file.name: file.metadata for file in find_sources([folder])}
    assert found == {
        "a.txt": ArticleMeta(outlet="Root"),
        "b.txt": None,
        "sub/c.txt": ArticleMeta(outlet="Near", author="Ann", tags=("x",)),
    }
    (alone,) = find_sources([folder / "sub" / "c.txt"])  # as in its folder
    assert alone.metadata == found["sub/c.txt"]
    (alone,) = find_sources([folder / "sub" / ".." / "a.txt"])
    assert alone.metadata == found["a.txt"]


def test_the_warnings_are_told_once(folder: Path) -> None:
    say(folder, '["c.txt"]\ntitle = "T"')
    (folder / "empty").mkdir()
    say(folder / "empty", '["d.txt"]\ntitle = "T"')
    told: list[str] = []
    find_sources([folder, folder / "a.txt"], told.append)
    assert sorted(told) == [
        f'{where / "sources.toml"}: there is no file {name!r}. Put the exact name in quotes: ["article.txt"].'
        for where, name in ((folder / "empty", "d.txt"), (folder, "c.txt"))
    ]


def test_a_name_is_found_in_another_spelling_of_its_accents(folder: Path) -> None:
    (folder / unicodedata.normalize("NFD", "été.txt")).write_text("x", encoding="utf-8")
    say(folder, f'["{unicodedata.normalize("NFC", "été.txt")}"]\noutlet = "O"')
    told: list[str] = []
    found = {file.name: file.metadata for file in find_sources([folder], told.append)}
    assert found[unicodedata.normalize("NFD", "été.txt")] == ArticleMeta(outlet="O")
    assert told == []


def test_one_from_an_archive_or_upload() -> None:
    entries, warnings = read_sidecar_text('["2024\\\\a.html"]\noutlet = "O"\nx = 1', "news.zip/sources.toml")
    assert entries == {"2024/a.html": ArticleMeta(outlet="O")}
    (warning,) = warnings
    assert warning.startswith("news.zip/sources.toml: '2024\\\\a.html' has the unknown key 'x'")
    assert absent_files(entries, {"2024/a.html"}, "s") == []
    assert absent_files(entries, {"a.html"}, "s")[0].startswith("s: there is no file '2024/a.html'.")
