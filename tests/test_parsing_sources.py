"""Which files are read, under which name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa_service.errors import InvalidInput
from qa_service.parsing import find_sources


def write(root: Path, *names: str) -> Path:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"This is {name}.\n", encoding="utf-8")
    return root


def names(*paths: Path) -> list[str]:
    return [file.name for file in find_sources(paths) if file.skip_reason is None]


def test_a_folder_is_searched_to_the_bottom_and_sorted(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.md", "a/b/c.TXT", "Z.text")
    assert names(tmp_path) == ["Z.text", "a/b/c.TXT", "a/z.md", "b.txt"]
    assert names(tmp_path / "a") == ["b/c.TXT", "z.md"]


def test_hidden_files_readmes_and_the_sidecar_count_as_not_there(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", ".hidden.txt", ".git/a.txt", "README.md", "readme.txt", "sub/README", "readmes.txt")
    (tmp_path / "sources.toml").write_text('["a.txt"]\ntitle = "T"\n', encoding="utf-8")
    assert [file.name for file in find_sources([tmp_path])] == ["a.txt", "readmes.txt"]


def test_names_decide_nothing_but_the_assets_of_a_saved_page_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path, "a.txt", "b.png", "c", "page.html", "page_files/a.css", "page_files/frame.html", "other_files/d.txt"
    )
    write(tmp_path, "Thumbs.db", "__MACOSX/a.txt", "other_files/d.txt")
    assert names(tmp_path) == ["a.txt", "b.png", "c", "other_files/d.txt", "page.html"]


def test_a_file_named_by_itself_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, "a.log", ".hidden", "README.md")
    assert names(tmp_path / "a.log", tmp_path / ".hidden", tmp_path / "README.md") == [".hidden", "README.md", "a.log"]


def test_the_sidecar_is_no_article_even_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("", encoding="utf-8")
    (file,) = find_sources([tmp_path / "sources.toml"])
    assert file.skip_reason == "sources.toml: it describes the files beside it and is not an article."


def test_what_is_known_of_a_file_comes_with_it(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt", "sub/a.txt")
    (tmp_path / "sources.toml").write_text('["a.txt"]\ntitle = "Above"\n', encoding="utf-8")
    (tmp_path / "sub" / "sources.toml").write_text('["a.txt"]\ntitle = "Below"\n', encoding="utf-8")
    known = {file.name: file.metadata and file.metadata.title for file in find_sources([tmp_path])}
    assert known == {"a.txt": "Above", "b.txt": None, "sub/a.txt": "Below"}
    (file,) = find_sources([tmp_path / "sub" / "a.txt"])
    assert (file.name, file.metadata and file.metadata.title) == ("a.txt", "Below")


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.txt: there is no such file or folder") as caught:
        find_sources([tmp_path / "nowhere.txt"])
    assert caught.value.param == "paths"


def test_two_files_of_one_name_would_replace_each_other(tmp_path: Path) -> None:
    write(tmp_path, "one/a.txt", "two/a.txt")
    with pytest.raises(InvalidInput, match=r"one/a\.txt and .*two/a\.txt would both have the name 'a\.txt'"):
        find_sources([tmp_path / "one", tmp_path / "two" / "a.txt"])
    assert names(tmp_path) == ["one/a.txt", "two/a.txt"]


def test_one_file_named_twice_is_there_once(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.png")
    found = find_sources([tmp_path, tmp_path / "a.txt", tmp_path])
    assert [(f.name, f.bare) for f in found] == [("a.txt", False), ("b.png", False)]
    assert [f.bare for f in find_sources([tmp_path / "a.txt"])] == [True]


def test_links_to_nothing_and_pipes_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [file.skip_reason for file in find_sources([tmp_path])] == [
        "link.txt: it is a broken link, or not a regular file.",
        "pipe.txt: it is a broken link, or not a regular file.",
    ]
    with pytest.raises(InvalidInput, match="is neither a file nor a folder"):
        find_sources([tmp_path / "pipe.txt"])


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["a.txt"]


def test_a_name_that_is_not_utf8_is_skipped_by_a_name_that_can_be_written(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    (file,) = find_sources([tmp_path])
    assert (file.name, file.skip_reason) == ("caf\\udce9.txt", "caf\\udce9.txt: its name is not UTF-8; rename it.")
