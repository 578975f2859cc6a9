"""The work for a text grows with its length and no faster, whatever the text is. Work is counted, not timed."""

from __future__ import annotations

import pytest

from qa_service import chunking
from qa_service.parsing import read_draft
from qa_service.parsing.cleaning import characters
from qa_service.records import ArticleDraft
from qa_service.text.basic.tokens import count_tokens

KINDS = {
    "one word": "word",
    "no spaces": "".join(chr(97 + i * 7919 % 26) for i in range(4099)),
    "digits": "0123456789",
    "brackets": "([{",
    "one line": "the quick brown fox jumps over it and ran away ",
    "sentences": "The quick brown fox ran. ",
    "tiny paragraphs": "a b.\n\n",
    "dots": ".",
    "a letter of many marks": "\u0301",
    "addresses": "http://a.b/",
    "wrapped lines": "the quick brown fox jumps over the lazy dog and then it ran off\n",
}
SIZE = 60_000


def work(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Code points that the tokenizer and the embedder count, and the most of them in one call."""
    counted: list[int] = []

    def tokens(part: str) -> int:
        counted.append(len(part))
        return count_tokens(part)

    def pieces(part: str) -> int:
        counted.append(len(part))
        return sum(1 + len(word) // 8 for word in part.split())

    monkeypatch.setattr(chunking, "count_tokens", tokens)
    for article in read_draft(ArticleDraft(text)):
        chunking.chunk(article, count_pieces=pieces, max_pieces=256, max_tokens=512, overlap_sentences=1)
    return sum(counted), max(counted)


@pytest.mark.parametrize("pattern", KINDS.values(), ids=KINDS)
def test_twice_the_text_is_twice_the_work(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pattern * (SIZE // len(pattern))
    small, _ = work(text, monkeypatch)
    large, longest = work(text * 2, monkeypatch)
    assert large <= 2.5 * small
    assert large <= 30 * len(text) * 2
    assert longest <= chunking._MAX_CHARS_PER_TOKEN * 512


def test_nested_entities_are_decoded_in_a_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counting(line: str) -> str:
        nonlocal calls
        calls += 1
        return characters.decode_entities(line)

    monkeypatch.setattr(characters, "RULES", (counting, *characters.RULES[1:]))
    assert characters.repair_line("&" + "amp;" * 20_000 + "eacute;")[0] == "é"
    assert calls <= 4


def test_a_gap_of_a_million_lines_is_a_gap() -> None:
    text = "The first paragraph of the text stands here." + "\n" * 1_000_000 + "The second one stands here."
    (article,) = read_draft(ArticleDraft(text))
    assert article.text == "The first paragraph of the text stands here.\n\nThe second one stands here."
