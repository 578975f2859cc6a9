"""Which id an article keeps when its file is corrected, copied, or has the name of another file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from zipfile import ZipFile

from builders import fake_service

from qa_service.ingest.identity import similarity
from qa_service.parsing.articles import earlier_id
from qa_service.records import Article, ArticleDraft, ArticleMeta
from qa_service.service import Service

QUOTA = "The fishing quota in the bay of Holm was raised to 900 tonnes, inspector Ada Brun said."
CORRECTED = "The fishing quota in the bay of Holm was raised to 950 tonnes, inspector Ada Brun said."
LIGHT = "The lighthouse of Holm was painted red by keeper Sven Aas in May."


def ids(service: Service) -> dict[str, str]:
    """The text of each article, by id."""
    listed = service.articles(limit=100).articles
    return {one.article_id: service.article(one.article_id).text for one in listed}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path, *found: dict[str, str]) -> Path:
    return write(path, "".join(json.dumps(row) + "\n" for row in found))


def test_a_corrected_text_keeps_its_id(tmp_path: Path) -> None:
    service, file = fake_service(tmp_path / "index"), tmp_path / "a.txt"
    service.ingest(write(file, QUOTA))
    (before,) = ids(service)
    report = service.ingest(write(file, CORRECTED))
    assert [f.outcome for f in report.files] == ["replaced"]
    assert ids(service) == {before: CORRECTED}
    assert [f.outcome for f in service.ingest(file).files] == ["unchanged"]
    service.ingest(write(file, QUOTA))  # back again
    assert ids(service) == {before: QUOTA}
    service.close()


def test_a_bare_name_does_not_replace_an_unrelated_text(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    first, second = write(tmp_path / "2024" / "index.md", QUOTA), write(tmp_path / "2025" / "index.md", LIGHT)
    service.ingest(first)
    report = service.ingest(second)
    assert [f.outcome for f in report.files] == ["added"]
    assert report.files[0].warnings == (
        "Another text that has nothing in common with this file was stored under its name. Both are kept.",
    )
    assert sorted(ids(service).values()) == [QUOTA, LIGHT]
    for file in (first, second, first):
        (again,) = service.ingest(file).files
        assert (again.outcome, again.warnings) == ("unchanged", ())
    write(first, CORRECTED)
    assert [f.outcome for f in service.ingest(first).files] == ["replaced"]
    assert sorted(ids(service).values()) == [CORRECTED, LIGHT]
    service.close()


def test_in_a_folder_the_path_is_the_name_and_a_new_text_replaces(tmp_path: Path) -> None:
    service, root = fake_service(tmp_path / "index"), tmp_path / "news"
    write(root / "today.txt", QUOTA)
    service.ingest(root)
    write(root / "today.txt", LIGHT)
    (result,) = service.ingest(root).files
    assert (result.outcome, list(ids(service).values())) == ("replaced", [LIGHT])
    assert result.warnings == (
        "Another text that has nothing in common with this file was stored under its name. It was replaced.",
    )
    service.close()


def test_a_file_named_by_itself_has_the_name_that_its_folder_gave_it(tmp_path: Path) -> None:
    service, root = fake_service(tmp_path / "index"), tmp_path / "news"
    write(root / "desk" / "council.txt", QUOTA)
    write(root / "desk" / "harbour.txt", LIGHT)
    service.ingest(root)
    (before,) = (name for name, text in ids(service).items() if text == QUOTA)
    (result,) = service.ingest(write(root / "desk" / "council.txt", CORRECTED)).files
    assert (result.file, result.outcome) == ("desk/council.txt", "replaced")
    assert ids(service)[before] == CORRECTED
    assert len(ids(service)) == 2
    (other,) = service.ingest(write(tmp_path / "council.txt", QUOTA)).files  # its folder is another one
    assert (other.file, other.outcome) == ("council.txt", "added")
    (result,) = service.ingest(write(root / "desk" / "council.txt", QUOTA)).files  # the longest name wins
    assert (result.file, result.outcome) == ("desk/council.txt", "replaced")
    service.close()


def test_a_file_named_beside_its_folder_is_read_once(tmp_path: Path) -> None:
    service, root = fake_service(tmp_path / "index"), tmp_path / "news"
    file = write(root / "desk" / "council.txt", QUOTA)
    for outcome in ("added", "unchanged"):
        assert [(f.file, f.outcome) for f in service.ingest([root, file]).files] == [("desk/council.txt", outcome)]
    service.close()


def test_an_archive_named_by_itself_has_the_name_that_its_folder_gave_it(tmp_path: Path) -> None:
    service, root = fake_service(tmp_path / "index"), tmp_path / "news"
    pack = root / "desk" / "pack.zip"
    pack.parent.mkdir(parents=True)
    for text in (QUOTA, CORRECTED):
        with ZipFile(pack, "w") as archive:
            archive.writestr("a.txt", text)
        service.ingest(root if text == QUOTA else pack)
    assert list(ids(service).values()) == [CORRECTED]
    assert service.articles().articles[0].meta.source == "desk/pack.zip/a.txt"
    service.close()


def test_two_outlets_with_one_text_are_two_articles(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    file = rows(tmp_path / "wire.jsonl", {"text": QUOTA, "outlet": "AFP"}, {"text": QUOTA, "outlet": "Reuters"})
    assert len(service.ingest(file).files[0].articles) == 2
    before = ids(service)
    assert {service.article(i).meta.outlet for i in before} == {"AFP", "Reuters"}
    rows(file, {"text": QUOTA, "outlet": "Reuters"})
    service.ingest(file)
    (left,) = ids(service)
    assert service.article(left).meta.outlet == "Reuters"
    assert left in before
    service.close()


def test_posting_again_is_idempotent_and_another_outlet_is_another_article(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    afp, reuters = (ArticleDraft(QUOTA, meta=ArticleMeta(outlet=outlet)) for outlet in ("AFP", "Reuters"))
    first, second = service.add_article(afp), service.add_article(reuters)
    assert first[0][0].article_id != second[0][0].article_id
    again = service.add_article(afp)
    assert (again[0], again[2]) == (first[0], False)
    assert service.status().articles == 2
    service.close()


def test_what_an_earlier_version_stored_keeps_its_id(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    posted = ArticleDraft(QUOTA, meta=ArticleMeta(outlet="AFP", language="en"))
    (new,) = service.add_article(posted)[0]
    old = earlier_id(service_article(service, new.article_id))
    assert old is not None
    service.delete_article(new.article_id)
    service.add_article(ArticleDraft(QUOTA, old, posted.meta))  # under the id that it had
    articles, _, changed = service.add_article(posted)
    assert (articles[0].article_id, changed, service.status().articles) == (old, False, 1)
    service.close()


def service_article(service: Service, article_id: str) -> Article:
    stored = service.article(article_id)
    return Article(stored.article_id, stored.text, stored.meta, derived_id=True)


def test_of_several_articles_each_keeps_its_id(tmp_path: Path) -> None:
    service, file = fake_service(tmp_path / "index"), tmp_path / "a.jsonl"
    service.ingest(rows(file, {"title": "Quota", "text": QUOTA}, {"title": "Light", "text": LIGHT}))
    before = {text: i for i, text in ids(service).items()}
    service.ingest(rows(file, {"title": "Light", "text": LIGHT}, {"title": "Quota", "text": CORRECTED}))
    assert ids(service) == {before[QUOTA]: CORRECTED, before[LIGHT]: LIGHT}
    service.close()


def test_the_old_text_again_beside_its_correction_gets_another_id(tmp_path: Path) -> None:
    service, file = fake_service(tmp_path / "index"), tmp_path / "a.jsonl"
    service.ingest(rows(file, {"text": QUOTA}))
    (kept,) = ids(service)
    service.ingest(rows(file, {"text": CORRECTED}))
    report = service.ingest(rows(file, {"text": CORRECTED}, {"text": QUOTA}))
    found = ids(service)
    assert found[kept] == CORRECTED
    assert sorted(found.values()) == [QUOTA, CORRECTED]
    assert [f.outcome for f in report.files] == ["replaced"]  # the file's checksum is another
    assert [f.outcome for f in service.ingest(file).files] == ["unchanged"]
    service.close()


def test_the_similarity_of_texts() -> None:
    assert similarity(QUOTA, QUOTA) == 1
    # 17 words, 15 shingles of 3; the changed number is in 3 of them
    assert similarity(QUOTA, CORRECTED) == 12 / 15
    assert similarity(QUOTA, LIGHT) == 1 / 11  # "of Holm was"
    assert similarity("Two words", QUOTA) == 0


def test_rows_of_two_files_with_the_same_numbers_are_all_stored(tmp_path: Path) -> None:
    service, folder = fake_service(tmp_path / "index"), tmp_path / "in"
    rows(folder / "a.jsonl", {"id": "1", "text": QUOTA})
    rows(folder / "b.jsonl", {"id": "1", "text": LIGHT})
    service.ingest(folder)
    assert ids(service) == {"a.jsonl#1": QUOTA, "b.jsonl#1": LIGHT}
    assert service.article("b.jsonl#1").text == LIGHT
    rows(folder / "b.jsonl", {"id": "1", "text": CORRECTED})
    service.ingest(folder)
    assert ids(service) == {"a.jsonl#1": QUOTA, "b.jsonl#1": CORRECTED}
    service.close()


def test_rows_that_are_stored_by_their_number_alone_keep_this_id(tmp_path: Path) -> None:
    service, file = fake_service(tmp_path / "index"), tmp_path / "a.jsonl"
    rows(file, {"id": "1", "text": QUOTA})
    service.ingest(file, columns={"id": "id"})  # as an earlier version took it
    assert ids(service) == {"1": QUOTA}
    assert [f.outcome for f in service.ingest(file).files] == ["unchanged"]
    rows(file, {"id": "1", "text": CORRECTED}, {"id": "2", "text": LIGHT})
    service.ingest(file)
    assert ids(service) == {"1": CORRECTED, "a.jsonl#2": LIGHT}
    service.close()


def test_an_archive_by_itself_never_deletes_what_another_archive_of_its_name_held(tmp_path: Path) -> None:
    for folder, member in (("p", "a.txt"), ("q", "b.txt")):
        (tmp_path / folder).mkdir()
        with zipfile.ZipFile(tmp_path / folder / "n.zip", "w") as archive:
            archive.writestr(member, f"The {folder} archive tells of the ferry to Carden in {member}.")
    with fake_service(tmp_path / "index") as service:
        service.ingest([tmp_path / "p" / "n.zip"])
        for _ in range(2):
            report = service.ingest([tmp_path / "q" / "n.zip"])
            said = [warning for file in report.files for warning in file.warnings]
            assert any("the articles of n.zip/a.txt stay" in warning for warning in said), report.files
            sources = {one.meta.source for one in service.articles("default").articles}
            assert sources == {"n.zip/a.txt", "n.zip/b.txt"}
