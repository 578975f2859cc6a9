"""qa_service.text.basic.tokens and the tiktoken plug-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from qa_service.errors import ModelUnavailable
from qa_service.text.basic import tokens
from qa_service.text.basic.tokens import count_tokens, encode
from tiktoken_ext import qa_service_encodings


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of the package's resources."""
    monkeypatch.setattr(qa_service_encodings, "files", lambda package: tmp_path)
    yield tmp_path


def test_known_tokens_of_cl100k_base() -> None:
    # OpenAI's cookbook, "How to count tokens with tiktoken": "tiktoken is great!" is these six.
    assert encode("tiktoken is great!") == [83, 1609, 5963, 374, 2294, 0]
    assert count_tokens("tiktoken is great!") == 6
    assert count_tokens("") == 0


def test_special_tokens_are_ordinary_text() -> None:
    assert 100257 not in encode("<|endoftext|>")
    assert count_tokens("<|endoftext|>") > 1


def test_the_encoding_has_a_name_of_its_own_and_tiktokens_stay() -> None:
    names = tiktoken.list_encoding_names()
    assert names.count("qa_service_cl100k") == 1
    assert "cl100k_base" in names
    assert tiktoken.get_encoding("qa_service_cl100k").n_vocab == 100277


@given(st.text(max_size=200))
def test_encoding_is_lossless(text: str) -> None:
    assert tiktoken.get_encoding("qa_service_cl100k").decode(encode(text)) == text


def test_lone_surrogates_count_as_replacement_characters() -> None:
    assert encode("a\ud800b") == encode("a\ufffdb")


def test_white_space_that_would_overflow_tiktokens_stack_is_counted() -> None:
    # 10 000 blanks are 125 times the longest token of blanks, which is 80; a run of 10^6 + "y" makes tiktoken panic.
    assert 0 < count_tokens("x" + " " * 1_000_000 + "y") < 20_000
    assert count_tokens("word " * 20_000) == len(
        tiktoken.get_encoding("qa_service_cl100k").encode_ordinary("word " * 20_000)
    )


def test_a_missing_vocabulary_says_what_to_do(resources: Path) -> None:
    with pytest.raises(ModelUnavailable, match="missing from the installed package") as caught:
        qa_service_encodings.qa_service_cl100k()
    assert caught.value.param == "cl100k_base.tiktoken"


def test_a_changed_vocabulary_is_refused(resources: Path) -> None:
    (resources / "cl100k_base.tiktoken").write_bytes(b"YQ== 0\n")
    with pytest.raises(ModelUnavailable, match="SHA-256 should be 223921b7"):
        qa_service_encodings.qa_service_cl100k()


def test_a_missing_plug_in_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "ENCODING_NAME", "nonesuch")
    tokens._encoding.cache_clear()
    try:
        with pytest.raises(ModelUnavailable, match="doesn't know the encoding nonesuch"):
            count_tokens("x")
    finally:
        tokens._encoding.cache_clear()
