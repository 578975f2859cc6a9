"""Opens a question set of any format: detects the format and checks every line before the first question is asked."""

from __future__ import annotations

import json
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.beir_set import QUERIES, find_files, read_beir
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.gold_kinds import kinds_of
from qa_service.evaluation.sets.json_lines import read_jsonl
from qa_service.evaluation.sets.qrels import Qrels, hash_of, hashes, read_qrels
from qa_service.evaluation.sets.question_set import QuestionSet, Read, state_of
from qa_service.evaluation.sets.set_errors import Mistakes, id_of
from qa_service.evaluation.sets.set_lines import Found, numbered_lines
from qa_service.evaluation.sets.squad import read_squad
from qa_service.evaluation.sets.table_set import SUFFIXES, begins_table, read_table, unread_columns
from qa_service.evaluation.sets.trec_topics import read_trec
from qa_service.files.checksums import sha256_of

__all__ = ["FORMATS", "open_questions"]

FORMATS: Mapping[str, str] = {
    "jsonl": "JSON Lines with id and question",
    "csv": "a table with a header: CSV or a spreadsheet",
    "beir": f"a folder with {QUERIES} and qrels/, or such a file of queries",
    "trec": "topics, with --qrels",
    "squad": "SQuAD JSON",
}
ONE_A_LINE = "Write one object a line, without brackets around them and commas between"
_SQUAD = re.compile(r'\{\s*"(?:data|version)"')
_LINES = '{"id": "1", "question": "Who is mayor?", "articles": ["a1"]}'
_EXAMPLES = {
    "jsonl": f"A set has one question a line, such as {_LINES}",
    "csv": "A set has a header and one question a row, such as `id,question,article_id` and `1,Who is mayor?,a1`",
    "beir": 'It has one a line, such as {"_id": "1", "text": "Who is mayor?"}; asked are those that qrels judge',
    "trec": "It has one topic a line, id, tab and question, or <top><num>1 <title>Who is mayor?</top>; asked are those "
    "that qrels judge",
    "squad": 'They stand in data[].paragraphs[].qas[], such as {"id": "1", "question": "Who is mayor?", "answers": '
    '[{"text": "Ann"}]}',
}
_READERS: Mapping[str, Callable[..., Iterator[Found]]] = {
    "jsonl": read_jsonl, "csv": read_table, "beir": read_beir, "trec": read_trec, "squad": read_squad
}  # fmt: skip
_JUDGED = ("beir", "trec")
"""Formats whose gold stands in a separate file."""


def open_questions(path: Path, *, format: str | None = None, qrels: Path | None = None) -> QuestionSet:
    """Open a question set and check all of it. Its name is that of the folder, or of the file without suffix.

    Args:
        format: one of `FORMATS`; detected from path and content if not given.
        qrels: the judgements. TREC topics need them; BEIR needs them if there are several and no `test.tsv`.

    Raises:
        InvalidInput: the set has errors; the message names file, line and field, and says what to do. Of many errors
            the message lists the first `MOST_TOLD`, one per line, and counts the others.
    """
    if format is not None and format not in FORMATS:
        raise InvalidInput(f"format: {format!r} is unknown. Known are {_known()}.", param="format")
    kind = format or _format_of(path)
    if kind != "beir" and not path.is_file():
        what = "is not a regular file" if path.exists() else "there is no such file or folder"
        raise FilePlace(path).wrong(None, what)
    if qrels is not None and kind not in _JUDGED:
        raise InvalidInput(f"qrels: a set in the format {kind} has its gold in itself. Leave it out.", param="qrels")
    if kind == "trec" and qrels is None:
        raise FilePlace(path).wrong("qrels", "TREC topics come with judgements. Name their file with --qrels FILE")
    files = [*find_files(path, qrels)] if kind == "beir" else [path] if qrels is None else [path, qrels]
    states = tuple(state_of(file) for file in files)
    judged = read_qrels(files[1]) if kind in _JUDGED else None
    read: Read = partial(_READERS[kind], files[0], *([judged] if judged else []))
    gold, not_asked = _check(files[0], kind, read, judged)
    name = path.resolve().name if path.is_dir() else path.stem
    try:
        digest = sha256_of(*files)
    except OSError as error:
        raise FilePlace(Path(error.filename or path)).wrong(None, f"cannot be read: {error.strerror}") from None
    return QuestionSet(
        name,
        path,
        kind,
        digest,
        gold.total(),
        gold,
        states,
        read,
        not_asked,
        unread_columns(path) if kind == "csv" else (),
    )


def _check(path: Path, format: str, read: Read, qrels: Qrels | None) -> tuple[Counter[frozenset[str]], int]:
    """Read everything once. Returns the counts of gold kinds, and the number of questions that are not asked."""
    ids = array("Q")
    gold: Counter[frozenset[str]] = Counter()
    not_asked = 0
    mistakes = Mistakes()
    try:
        for _, question in read():
            if question is None:
                not_asked += 1
                continue
            if isinstance(question, InvalidInput):
                mistakes.add(question)
            else:
                gold[kinds_of(question)] += 1
            if (identity := id_of(question)) is not None:
                ids.append(hash_of(identity))
    except InvalidInput as error:  # nothing can be read after this error
        mistakes.add(error)
        mistakes.refuse()
    _find_duplicates(ids, read, mistakes)
    mistakes.refuse()
    if qrels is not None:  # a refused question would make its judgements look like those of another set
        unmatched = qrels.unmatched(hashes(ids))
        mistakes.add_all(qrels.strangers(unmatched), len(unmatched))
    mistakes.refuse()
    if not ids:
        raise FilePlace(path).wrong(None, _no_question(format))
    return gold, not_asked


def _find_duplicates(ids: array[int], read: Read, mistakes: Mistakes) -> None:
    """Add an error for each repeated id. Hashes (8 bytes each) are compared first, and ids only where hashes are
    equal."""
    values = np.sort(hashes(ids))
    twice = set(values[1:][values[1:] == values[:-1]].tolist())
    seen: dict[str, FilePlace] = {}
    for place, question in read() if twice else ():
        identity = None if question is None else id_of(question)
        if identity is not None and hash_of(identity) in twice:
            first = seen.setdefault(identity, place)
            if first is not place and not isinstance(question, InvalidInput):
                where = f"{'in' if first.inside or first.unit == 'row' else 'on'} {first.within}"
                what = f"{identity!r} was given {where} already. Give each question its own"
                mistakes.add(place.wrong("id", what))


def _format_of(path: Path) -> str:
    if path.is_dir():
        return "beir"
    if path.suffix.lower() in SUFFIXES or (path.is_file() and begins_table(path)):
        return "csv"
    lines = (line.strip() for _, line in numbered_lines(path)) if path.is_file() else iter(["{}"])
    first = next(filter(None, lines), "")
    if first.startswith("{"):
        return _json_format(first)
    if first.startswith("<") or first.count("\t") == 1:
        return "trec"
    if not first:
        raise FilePlace(path).wrong(None, _no_question("jsonl"))
    if first.startswith("["):
        raise FilePlace(path, 1).wrong(None, f"is one JSON list. {ONE_A_LINE}, as `jq -c '.[]' {path.name}` does")
    raise FilePlace(path).wrong("format", f"cannot be told. Name it with --format; known are {_known()}")


def _json_format(first: str) -> str:
    """The format, from the first line or its beginning."""
    if first == "{" or _SQUAD.match(first):
        return "squad"
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return "jsonl"  # its reader says what is wrong with the line
    return "beir" if isinstance(value, dict) and "_id" in value else "jsonl"


def _known() -> str:
    return "; ".join(f"{name} ({what})" for name, what in FORMATS.items())


def _no_question(format: str) -> str:
    return f"holds no question. {_EXAMPLES[format]}"
