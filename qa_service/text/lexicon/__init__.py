"""Word lists and word patterns. Each list stands here once. Names without an underscore are public."""

from __future__ import annotations

__all__ = ["word_classes", "words"]


def words(text: str) -> frozenset[str]:
    """The words of a text, separated by white space, as a set."""
    return frozenset(text.split())


def word_classes(text: str) -> dict[str, str]:
    """The class of each word, from lines such as `kill: kill kills`. A line that begins with a space continues one."""
    lines = [line.partition(": ") for line in text.replace("\n ", " ").strip().splitlines()]
    return {word: name for name, _, listed in lines for word in listed.split()}
