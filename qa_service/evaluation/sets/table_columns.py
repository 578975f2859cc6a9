"""Finds the columns of a table of questions by their usual names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.parsing.rows.column_names import plain_name

__all__ = ["COLUMNS", "columns_of", "is_header"]

_USUAL: Mapping[str, str] = {
    "id": "id, _id, question id, qid, query id, nr, no, number, nummer",
    "question": "question, questions, query, queries, question text, user question, prompt, frage, fragen, pregunta, "
    "domanda, pergunta, vraag, pytanie, вопрос",
    "answers": "answers, answer, expected answer, expected answers, expected, expected output, expected response, "
    "gold answer, gold answers, gold, ground truth, reference answer, reference, correct answer, ideal answer, "
    "antwort, antworten, erwartete antwort, réponse, réponse attendue, respuesta, respuesta esperada, risposta, "
    "resposta, antwoord, odpowiedź, ответ",
    "evidence": "evidence, supporting text, supporting passage, supporting quote, supporting evidence, quote, excerpt, "
    "beleg, belegstelle, textstelle, preuve, evidencia",
    "source": "source, source file, file, file name, filename, quelle, datei, fichier, archivo",
    "answerable": "answerable, is answerable, has answer, beantwortbar",
    "tags": "tags, tag, category, categories, topic, type, question type, kategorie, thema",
    "language": "language, lang, sprache, langue, idioma",
    "article_id": "article id, article ids, article, articles, relevant articles, doc id, document id, document ids",
    "outlet": "outlet, outlets, publisher",
    "author": "author, authors",
    "published_from": "published from, from, date from",
    "published_to": "published to, to, date to, until",
}
"""The usual names of each column, the preferred first, as `plain_name` writes them."""

COLUMNS = tuple(_USUAL)
_BY_NAME: Mapping[str, tuple[str, int]] = {
    name.strip(): (column, order) for column, names in _USUAL.items() for order, name in enumerate(names.split(","))
}
ALIKE = 0.8
"""A name that is as similar as this to a column's is a mistake in writing; another is a column of somebody's own."""


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names the columns of a table of questions: one of them is the question."""
    return any(_BY_NAME.get(plain_name(cell), ("", 0))[0] == "question" for cell in cells)


def columns_of(cells: Sequence[str], place: FilePlace) -> tuple[dict[str, int], tuple[str, ...]]:
    """The position of each column, and the names of those that are not read.

    Raises:
        InvalidInput: there is no question, a column stands there twice, or a name is nearly that of a column.
    """
    names = [plain_name(cell) for cell in cells]
    if not any(name in _BY_NAME for name in names):
        what = f"is no header. Begin with a row of column names, such as {','.join(COLUMNS[:3])}"
        raise place.wrong(None, what)
    found: dict[str, tuple[int, int]] = {}
    others = []
    for at, name in enumerate(names):
        if name not in _BY_NAME:
            others += [cells[at].strip()] if name else []
            continue
        column, order = _BY_NAME[name]
        if column not in found:
            found[column] = order, at
        elif names[found[column][1]] == name:
            raise place.wrong(cells[at].strip(), "stands in the header twice. Take one out")
        elif order < found[column][0]:
            others.append(cells[found[column][1]].strip())
            found[column] = order, at
        else:
            others.append(cells[at].strip())
    for name in others:
        missing = [column for column in COLUMNS if column not in found]
        if meant := get_close_matches(plain_name(name).replace(" ", "_"), missing, n=1, cutoff=ALIKE):
            raise place.wrong(name, f"there is no such column; did you mean {meant[0]}? Known are {', '.join(COLUMNS)}")
    if "question" not in found:
        raise place.wrong("question", "the header has no such column. It needs question, and usually answers")
    return {column: at for column, (_, at) in found.items()}, tuple(others)
