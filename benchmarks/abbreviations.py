"""How often a definition that answers "What does X stand for?" is right: `python -m benchmarks.abbreviations FOLDER…`.

    [--index DIR] [--articles N] [--questions N] [--write]

Questions are made from the articles of sets in BEIR's layout. An abbreviation of capitals is *spelled out* where the
words before its brackets begin with its letters, each of them in order, none left out but small ones: so the long form
is known by construction, and by a stricter rule than the service's. It is *nowhere spelled out* where it stands in the
articles, but never in brackets or before some. An answer is right where the sentence that it quotes first holds a long
form. Another abbreviation is put into the place of each, too: how often would the service take that for a definition?
`--write` writes the tables into docs/reference/measured.md.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import regex

from benchmarks.evidence import folder_name
from benchmarks.marked import write
from qa_service.parsing import read_beir
from qa_service.records import Answer, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.text.question.abbreviations import defines

__all__ = ["Found", "Tally", "abbreviations", "first_letters", "swapped", "tables"]

SEED = 0
HEAD = """Each is asked as "What does X stand for?". *Right*: the sentence that is quoted first holds a long form that
is known by the first letters of its words; one that is known by other letters alone, as `glycoprotein (GP)`
beside `general practice (GP)`, counts as wrong. *Nowhere spelled out*: the abbreviation stands in the
articles, but never in brackets or before some. What answers those by a definition are forms that the count
does not know, as `X stands for …`."""
SMALL = frozenset(
    ["a", "al", "an", "and", "at", "by", "de", "for", "from", "in", "of", "on", "or", "the", "to", "wal", "with"]
)
_SHORT = r"\p{Lu}{2,8}"
_STANDS = regex.compile(rf"(?<![\p{{L}}\p{{N}}&/.-])({_SHORT})(?![\p{{L}}\p{{N}}&/-])")
_BRACKETED = regex.compile(rf"\(({_SHORT})\)")
_NEAR_BRACKETS = regex.compile(rf"[(\[]\s*({_SHORT})(?![\p{{L}}\p{{N}}])|(?<![\p{{L}}\p{{N}}])({_SHORT})\s*[(\[]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'\N{RIGHT SINGLE QUOTATION MARK}]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Of one set: the long forms of each abbreviation that is spelled out, each as a text that ends with its brackets;
    and the abbreviations that are nowhere spelled out."""

    spelled: Mapping[str, Sequence[str]]
    bare: Sequence[str]


def first_letters(before: str, short: str) -> str | None:
    """The end of `before` whose words begin with the letters of `short`; None where they do not."""
    words = list(_WORD.finditer(before))
    for letter in reversed(short.casefold()):
        while words and words[-1].group().casefold() in SMALL and words[-1].group()[0].casefold() != letter:
            words.pop()
        if not words or words[-1].group()[0].casefold() != letter:
            return None
        begin = words.pop().start()
    return before[begin:]


def abbreviations(texts: Sequence[str]) -> Found:
    spelled: dict[str, list[str]] = {}
    near: set[str] = set()
    stands: set[str] = set()
    for text in texts:
        stands.update(_STANDS.findall(text))
        near.update(one or other for one, other in _NEAR_BRACKETS.findall(text))
        for match in _BRACKETED.finditer(text):
            long = first_letters(text[max(0, match.start() - 200) : match.start()], match[1])
            if long is not None:
                spelled.setdefault(match[1], []).append(f"{long}({match[1]})")
    bare = sorted(short for short in stands - near if len(short) > 2)  # two letters are as often initials of a name
    return Found(dict(sorted(spelled.items())), bare)


def swapped(spelled: Mapping[str, Sequence[str]], draw: random.Random) -> tuple[int, int]:
    """Of the long forms, each with another abbreviation of as many letters behind it: how many are taken for a
    definition of that, and how many there are."""
    taken = total = 0
    for short, (long, *_) in spelled.items():
        others = [one for one in spelled if len(one) == len(short) and one != short]
        if others:
            other = draw.choice(others)
            total += 1
            taken += defines(long.replace(f"({short})", f"({other})"), other)
    return taken, total


@dataclass(slots=True)
class Tally:
    """`defined`: one of the first passages spells it out, by the service's rule."""

    asked: int = 0
    defined: int = 0
    right: int = 0
    answered: int = 0

    def add(self, answer: Answer, short: str, longs: Sequence[str]) -> None:
        self.asked += 1
        self.answered += answer.answerable
        if answer.answer is None:
            return
        note = answer.answer.annotations[0]
        said = answer.answer.text[note.start : note.end]
        if defines(said, short):
            self.defined += 1
            self.right += any(_plain(long) in _plain(said) for long in longs)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def measure(service: Service, collection: str, found: Found, most: int) -> tuple[Tally, Tally]:
    """Of those that are spelled out, and of those that are not."""
    spelled, bare = Tally(), Tally()
    for tally, names in ((spelled, list(found.spelled)), (bare, list(found.bare))):
        random.Random(SEED).shuffle(names)
        for short in names[:most]:
            asked = Question(f"What does {short} stand for?", collection=collection)
            (answer,) = service.ask_under(asked, [service.settings], compare=False)
            tally.add(answer, short, found.spelled.get(short, ()))
    return spelled, bare


def tables(measured: Mapping[str, tuple[Tally, Tally, tuple[int, int]]]) -> str:
    lines = [
        "| set | spelled out, asked | answered by a definition | right, of these | nowhere spelled out, asked "
        "| answered by a definition | answered at all | another in its place, taken for a definition |",
        "|---|---|---|---|---|---|---|---|",
    ]
    sums = [0] * 8
    for name, (spelled, bare, swap) in measured.items():
        row = [spelled.asked, spelled.defined, spelled.right, bare.asked, bare.defined, bare.answered, *swap]
        sums = [one + other for one, other in zip(sums, row, strict=True)]
        lines.append(_line(name, row))
    return "\n".join([*lines, _line("together", sums)])


def _line(name: str, row: Sequence[int]) -> str:
    asked, defined, right, bare, wrongly, answered, taken, swaps = row
    cells = [asked, defined, _share(right, defined), bare, wrongly, _share(answered, bare), _share(taken, swaps)]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.3f})" if whole else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.abbreviations", description=(__doc__ or "").split(":")[0]
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--index", type=Path, help="keep the collections here, and use those that are there already")
    parser.add_argument("--articles", type=int, metavar="N", help="the first N of each set alone")
    parser.add_argument("--questions", type=int, default=300, metavar="N", help="of each kind and set (default: 300)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reference/measured.md")
    chosen = parser.parse_args()
    measured = {}
    with (
        tempfile.TemporaryDirectory() as temporary,
        closing(Service.open(Settings(index=chosen.index or Path(temporary)))) as service,
    ):
        there = {info.name for info in service.collections()}
        for folder in chosen.folders:
            name = folder_name(folder)
            collection = name.replace("/", "-")
            drafts = list(islice(read_beir(folder), chosen.articles))
            if collection not in there:
                service.ingest_drafts(drafts, collection)
            found = abbreviations([draft.text for draft in drafts])
            swap = swapped(found.spelled, random.Random(SEED))
            measured[name] = (*measure(service, collection, found, chosen.questions), swap)
    text = f"{HEAD}\n\n{tables(measured)}"
    print(text)
    if chosen.write:
        write("abbreviations", text)


if __name__ == "__main__":
    main()
