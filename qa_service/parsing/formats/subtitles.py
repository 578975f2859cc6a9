"""Reads subtitles and transcripts in WebVTT and SubRip (SRT): the cues joined to sentences and turns.

The parser is ours because files in the wild break the rules: hours are missing, numbers too, blank lines stand in cues.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.facts.metadata import as_language
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.text_stream import open_text
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["read"]

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}|</?\d>")
_SOUND = re.compile(r"(?:\[[^\[\]]*\]|\([^()]*\)|[♪♫#*\s]+)+")
"""A line that describes a sound, not what is said."""
_TURN = re.compile(r"\s*(?:>>+|[-–—])\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)]*$")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3000-\u9fff\uff00-\uffef]{2}")
ROLLING_GAP = 0.25
"""Seconds between cues that roll: the next repeats lines of the one before."""
PAUSE = 2.0
"""Seconds without speech that end a paragraph."""
SHORT_PAUSE = 1.0
"""Seconds that end a paragraph where nobody wrote full stops."""
LONG_PARAGRAPH = 700
MOST_PER_STOP = 400
"""Characters for each full stop; with more, the transcript has none worth the name."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str | None


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the transcript. Its only metadata is the language, if the file's head names it."""
    with open_text(file, source.name, newline=None) as text:
        lines = text.read().splitlines()
    spoken = list(_without_repeats(_cues(lines)))
    if not spoken:
        raise UnreadableSource(f"{source.name}: it has no cue with a text.", param=source.name)
    meta = ArticleMeta(language=_language(lines))
    yield ArticleDraft(_joined(spoken), meta=meta, cleaning=Cleaning.DOCUMENT)


def _language(lines: list[str]) -> str | None:
    """The language in the head of a WebVTT file."""
    for line in lines[:10]:
        if not line.strip() or _TIMING.match(line):
            break
        if line.lower().startswith("language:"):
            with suppress(ValueError):
                return as_language(line.partition(":")[2])
    return None


def _cues(lines: list[str]) -> Iterator[_Cue]:
    """The cues with a text. What stands outside cues, such as notes and styles, is left out."""
    starts = [at for at, line in enumerate(lines) if _TIMING.match(line)]
    for at, following in zip(starts, [*starts[1:], len(lines)], strict=bool(starts)):
        timing = _TIMING.match(lines[at])
        if timing is None:
            continue
        body: list[str] = []
        for number, line in enumerate(lines[at + 1 : following], at + 1):
            if not line.strip() and (body or number + 1 >= following or not lines[number + 1].strip()):
                break
            if line.strip():
                body.append(line)
        if following < len(lines) and body and lines[following - 1] is body[-1] and body[-1].strip().isdecimal():
            body.pop()  # the number of the next cue, without a blank line before it
        speaker = next((match[1].strip() for line in body if (match := _SPEAKER.search(line))), None)
        cleaned = tuple(filter(None, map(_clean, body)))
        if cleaned:
            yield _Cue(_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), cleaned, speaker)


def _seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _clean(line: str) -> str:
    text = " ".join(html.unescape(_TAG.sub("", line)).split())
    return "" if _SOUND.fullmatch(text) else text.strip("♪♫ ")


def _without_repeats(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """The cues without the lines that a rolling caption repeats from the cue before."""
    shown: tuple[str, ...] = ()
    ended = float("-inf")
    for cue in cues:
        lines = cue.lines
        if cue.start - ended <= ROLLING_GAP:
            most = min(len(shown), len(lines))
            lines = lines[next((n for n in range(most, 0, -1) if shown[-n:] == lines[:n]), 0) :]
            if lines and shown and lines[0].startswith(f"{shown[-1]} "):  # the line grows
                lines = (lines[0][len(shown[-1]) :].strip(), *lines[1:])
        shown, ended = cue.lines, max(ended, cue.end)
        if lines:
            yield _Cue(cue.start, cue.end, lines, cue.speaker)


def _joined(cues: list[_Cue]) -> str:
    """The text of the cues: a paragraph for each turn, and after each pause."""
    everything = " ".join(line for cue in cues for line in cue.lines)
    has_stops = sum(everything.count(mark) for mark in ".!?。！？") * MOST_PER_STOP >= len(everything)
    paragraphs: list[str] = []
    sole = len({cue.speaker for cue in cues if cue.speaker}) < 2  # then the name says nothing
    speaker: str | None = None
    ended = cues[0].start
    for cue in cues:
        gap = cue.start - ended
        for at, line in enumerate(cue.lines):
            turn = _TURN.match(line)
            said = line[turn.end() :] if turn else line
            new_speaker = not sole and at == 0 and cue.speaker is not None and cue.speaker != speaker
            if new_speaker:
                speaker = cue.speaker
                said = f"{speaker}: {said}"
            if not paragraphs or turn or new_speaker or _ends(paragraphs[-1], gap if at == 0 else 0.0, has_stops):
                paragraphs.append(said)
            else:
                paragraphs[-1] += ("" if _is_unspaced(paragraphs[-1][-1], said[0]) else " ") + said
        ended = max(ended, cue.end)
    return "\n\n".join(paragraphs)


def _ends(paragraph: str, gap: float, has_stops: bool) -> bool:
    """Whether a paragraph ends before a pause."""
    if has_stops:
        return bool(_SENTENCE_END.search(paragraph)) and (gap >= PAUSE or len(paragraph) > LONG_PARAGRAPH)
    return gap >= SHORT_PAUSE


def _is_unspaced(before: str, after: str) -> bool:
    """Whether both characters are of a script without spaces, such as Chinese, kana or Thai."""
    return bool(_UNSPACED.fullmatch(before + after))
