"""What is read from archives, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing.packed import archive_entries
from qa_service.parsing.packed.archives import archive_kind, members

TEXT = b"The mayor of Sevare opened a market on Monday."


def zipped(path: Path, **options: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options)  # type: ignore[arg-type]


def make_zip(path: Path, contents: Mapping[str, bytes]) -> Path:
    with zipped(path) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, contents: Mapping[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def read(path: Path, folder: Path) -> dict[str, bytes | str]:
    """The content of each member, or the reason to skip it."""
    folder.mkdir(exist_ok=True)
    found: dict[str, bytes | str] = {}
    for member in members(path, path.name, folder):
        if member.path is None:
            found[member.name] = member.skip_reason or ""
        else:
            found[member.name] = member.path.read_bytes()
            member.path.unlink()
            # one member is unpacked at a time, and the archive that holds it
            assert [one for one in folder.iterdir() if archive_kind(one) is None] == []
    return found


def test_the_files_of_a_zip(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "a.zip",
        {
            "news/one.txt": TEXT,
            "two.html": b"<p>x</p>",
            "two_files/style.css": b"p {}",
            ".hidden": TEXT,
            "__MACOSX/._one.txt": TEXT,
            "README.md": TEXT,
            "news/sources.toml": b"",
        },
    )
    assert archive_kind(path) == "ZIP"
    assert read(path, tmp_path / "out") == {"a.zip/news/one.txt": TEXT, "a.zip/two.html": b"<p>x</p>"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_the_files_of_a_tar(tmp_path: Path, mode: str) -> None:
    path = make_tar(tmp_path / "odd-name", {"./one.txt": TEXT, "b/two.txt": TEXT * 2}, mode)
    assert archive_kind(path) == "TAR"
    assert read(path, tmp_path / "out") == {"odd-name/one.txt": TEXT, "odd-name/b/two.txt": TEXT * 2}


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_file(tmp_path: Path, suffix: str, pack: object) -> None:
    path = tmp_path / f"page.html.{suffix}"
    path.write_bytes(pack(TEXT) * 2)  # type: ignore[operator]  # two streams, as `cat a.gz b.gz` makes them
    assert read(path, tmp_path / "out") == {f"page.html.{suffix}/page.html": TEXT * 2}
    path.write_bytes(pack(TEXT * 1000)[:-9])  # type: ignore[operator]
    with pytest.raises(UnreadableSource, match=r"page\.html\.\w+: is damaged or cut off: "):
        read(path, tmp_path / "out")


def test_archives_within_archives(tmp_path: Path) -> None:
    inner = make_tar(tmp_path / "in.tgz", {"deep.txt": TEXT})
    level = make_zip(tmp_path / "0.zip", {"x.txt": TEXT})
    for number in range(1, 4):
        level = make_zip(tmp_path / f"{number}.zip", {level.name: level.read_bytes()})
    path = make_zip(tmp_path / "a.zip", {"in.tgz": inner.read_bytes(), "3.zip": level.read_bytes()})
    deep = "a.zip/3.zip/2.zip/1.zip"
    assert read(path, tmp_path / "out") == {
        "a.zip/in.tgz/deep.txt": TEXT,
        deep: f"{deep}: archives are read 3 deep. Unpack it yourself.",
    }


def test_documents_are_no_archives(tmp_path: Path) -> None:
    docx = make_zip(tmp_path / "a.docx", {"[Content_Types].xml": b"", "word/document.xml": b""})
    epub = tmp_path / "a.epub"
    with zipfile.ZipFile(epub, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    (tmp_path / "a.txt").write_bytes(TEXT)
    assert [archive_kind(path) for path in (docx, epub, tmp_path / "a.txt")] == [None, None, None]


def test_paths_out_of_the_archive_links_and_devices_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"../up.txt": TEXT, "/etc/x.txt": TEXT, "C:\\x.txt": TEXT, "ok.txt": TEXT})
    out = "its path leads out of the archive."
    assert read(path, tmp_path / "out") == {
        "a.zip/../up.txt": f"a.zip/../up.txt: {out}",
        "a.zip//etc/x.txt": f"a.zip//etc/x.txt: {out}",
        "a.zip/C:/x.txt": f"a.zip/C:/x.txt: {out}",
        "a.zip/ok.txt": TEXT,
    }
    tar = tmp_path / "a.tar"
    with tarfile.open(tar, "w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    reason = "is a link or a device, not a file."
    assert read(tar, tmp_path / "out") == {f"a.tar/{n}": f"a.tar/{n}: {reason}" for n in ("link", "hard", "pipe")}


def test_an_encrypted_member_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"secret.txt": TEXT, "open.txt": TEXT})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # the flag in the member's own header, and below in the directory
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert read(path, tmp_path / "out") == {
        "a.zip/secret.txt": "a.zip/secret.txt: is encrypted. Unpack it with its password, and ingest the folder.",
        "a.zip/open.txt": TEXT,
    }


@pytest.mark.parametrize("kind", ["zip", "tgz", "gz"])
def test_a_bomb_is_stopped(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_entries, "RATIO_FROM", 1_000_000)
    zeros = bytes(20_000_000)
    path = tmp_path / f"bomb.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(zeros))
    else:
        (make_zip if kind == "zip" else make_tar)(path, {"x.txt": zeros})
    with pytest.raises(UnreadableSource, match=rf"bomb\.{kind}: unpacks to more than 250 times its size"):
        read(path, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_entries, "MOST_MEMBERS", 3)
    path = make_zip(tmp_path / "a.zip", {f"{n}.txt": TEXT for n in range(5)})
    with pytest.raises(UnreadableSource, match="has more than 3 files"):
        read(path, tmp_path / "out")


def test_a_truncated_archive_says_so(tmp_path: Path) -> None:
    whole = make_zip(tmp_path / "a.zip", {"one.txt": TEXT}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:60])
    with pytest.raises(UnreadableSource, match=r"cut\.zip: is damaged or cut off: File is not a zip file"):
        read(tmp_path / "cut.zip", tmp_path / "out")


def test_a_damaged_member_of_a_zip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:  # stored
        archive.writestr("bad.txt", TEXT)
        archive.writestr("good.txt", TEXT)
    path.write_bytes(path.read_bytes().replace(TEXT, TEXT[::-1], 1))
    assert read(path, tmp_path / "out") == {
        "a.zip/bad.txt": "a.zip/bad.txt: cannot be unpacked: Bad CRC-32 for file 'bad.txt'.",
        "a.zip/good.txt": TEXT,
    }


def test_the_sidecar_in_an_archive_describes_its_files(tmp_path: Path) -> None:
    toml = b'["one.txt"]\noutlet = "AFP"\n["gone.txt"]\noutlet = "AFP"\n'
    path = make_zip(tmp_path / "a.zip", {"news/one.txt": TEXT, "news/sources.toml": toml, "two.txt": TEXT})
    found = {}
    for member in members(path, path.name, tmp_path):
        found[member.name] = (member.metadata and member.metadata.outlet, member.warnings)
    (wrong,) = found["a.zip/news/one.txt"][1]
    assert found == {"a.zip/news/one.txt": ("AFP", (wrong,)), "a.zip/two.txt": (None, ())}
    assert wrong.startswith("a.zip/news/sources.toml: there is no file 'gone.txt'.")
