"""Names of columns in many forms and languages, and ids that hold only in their file."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from qa_service.parsing import SourceInfo, read_source
from qa_service.parsing.rows.column_names import place_of
from qa_service.records import Article


def read(content: str, name: str = "a.csv", columns: dict[str, str] | None = None) -> tuple[list[Article], list[str]]:
    told: list[str] = []
    source = SourceInfo(name, columns or {}, told.append)
    return list(read_source(io.BytesIO(content.encode()), source)), told


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("text", "Corps|Corps de l'article|Inhalt|Cuerpo|Testo|Inhoud|Treść|Текст статьи|fullText|Conteúdo"),
        ("title", "Titre|Überschrift|Titular|Titolo|Título da notícia|Kop|Tytuł artykułu|Заголовок|articleTitle"),
        ("outlet", "Média|Quelle|Medio|Fonte|Nome da fonte|Bron|Źródło|Источник|sourceName|Nom du média"),
        ("author", "Autor|Auteur(s)|Autore|Auteurs|Автор|Autor/in|author_full_name"),
        (
            "published",
            "dateTimePub|pubDate|firstPublished|Date de publication|Veröffentlicht am|Fecha de publicación|Data"
            "|Datum van publicatie|Data publikacji|Дата публикации|published_utc|Erscheinungsdatum"
            "|Data di pubblicazione",
        ),
        ("updated", "Date de mise à jour|Zuletzt aktualisiert|lastModified|Fecha de actualizacion|dateTimeUpdated"),
        ("language", "Langue|Sprache|Idioma|Язык"),
        ("url", "Lien|Enlace|Ссылка|articleUrl"),
        ("tags", "Mots-clés|Schlagworte|Rubrik|Palabras clave|Etiquetas"),
    ],
)
def test_names_in_many_languages(field: str, names: str) -> None:
    assert {name: (place_of(name) or ("",))[0] for name in names.split("|")} == dict.fromkeys(names.split("|"), field)


@pytest.mark.parametrize("name", ["Date of birth", "image url", "text length", "author email", "content type", "Price"])
def test_names_of_other_things(name: str) -> None:
    assert place_of(name) is None


def test_a_near_miss_is_told_once_and_other_columns_are_not() -> None:
    _, told = read("text,headine,stars\nOne otter slept.,Otter,5\nTwo otters slept.,Otters,4\n")
    assert told == ["these columns are not used: headine, stars. Choose one with --map FIELD=NAME."]
    assert read("text,stars\nOne otter slept.,5\n")[1] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("id", "1", "in/a.csv#1"), ("ID", "A-17", "in/a.csv#A-17"), ("Nr", "3", "in/a.csv#3"),
        ("id", "otter-stops-ferry", "otter-stops-ferry"), ("id", "4f2c9a7be11d4a02", "4f2c9a7be11d4a02"),
        ("_id", "1", "1"), ("article_id", "1", "1"), ("articleId", "1", "1"),
    ],
)  # fmt: skip
def test_a_short_id_holds_only_in_its_file(name: str, value: str, expected: str) -> None:
    (article,), _ = read(f"{name},text\n{value},An otter slept.\n", "in/a.csv")
    assert article.article_id == expected


def test_an_id_of_a_given_column_is_taken_as_it_is() -> None:
    (article,), _ = read("Nr,text\n7,An otter slept.\n", columns={"id": "nr"})
    assert article.article_id == "7"


def test_a_source_that_is_an_object_still_names_the_outlet() -> None:
    element = {"source": {"name": "Holm Post"}, "content": "An otter slept.", "dateTimePub": "2025-06-03T05:00:00Z"}
    (article,), told = read(json.dumps({"articles": [element]}), "a.json")
    assert (article.meta.outlet, str(article.meta.published), told) == ("Holm Post", "2025-06-03", [])


def test_each_sheet_of_a_workbook_counts_for_itself() -> None:
    def row(*cells: str) -> str:
        inside = "".join(f'<t:table-cell o:value-type="string"><x:p>{cell}</x:p></t:table-cell>' for cell in cells)
        return f"<t:table-row>{inside}</t:table-row>"

    name = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    sheets = "".join(
        f'<t:table t:name="{month}">{row("id", "text")}{row("1", text)}</t:table>'
        for month, text in (("May", "One otter slept."), ("June", "Two otters slept."))
    )
    content = (
        f'<o:document-content xmlns:o="{name.format("office")}" xmlns:t="{name.format("table")}" '
        f'xmlns:x="{name.format("text")}"><o:body><o:spreadsheet>{sheets}</o:spreadsheet></o:body></o:document-content>'
    )
    for prefix, full in (("o", "office"), ("t", "table"), ("x", "text")):  # the reader knows the usual prefixes only
        content = content.replace(f"<{prefix}:", f"<{full}:").replace(f"</{prefix}:", f"</{full}:")
        content = content.replace(f" {prefix}:", f" {full}:").replace(f"xmlns:{prefix}=", f"xmlns:{full}=")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", content)
    articles = list(read_source(io.BytesIO(made.getvalue()), SourceInfo("a.ods")))
    assert [(one.article_id, one.text) for one in articles] == [
        ("a.ods#1", "One otter slept."),
        ("a.ods#June/1", "Two otters slept."),
    ]
