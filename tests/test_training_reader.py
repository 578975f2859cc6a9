"""The training of the reader, on tiny rows and a tiny network: examples, windows, loss, resuming, export."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from qa_service.reader import PACKAGED, Excerpt
from training.reader import examples
from training.reader.examples import SHARES, Example, read_examples
from training.reader.windows import LONGEST, Window, window_of

PASSAGE = "Wells are old. The dam was built by Ada Kerr in 1912. Ada Kerr was an engineer. It rained."
SENTENCES = ((0, 14), (15, 53), (54, 79), (80, 90))
NAME, YEAR = (36, 44), (48, 52)
OTHERS = frozenset(SHARES) - {"squad1_titled"}


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A row about its own dam; the answer is a name."""
    name = f"Ada Kerr{number}"
    passage = f"Wells are old. Dam {number} was built by {name} in 1912. It rained for {number} days."
    at = passage.index(name)
    answer = {"start": at, "end": at + len(name), "text": name}
    made = {"question": f"Who built dam {number}?", "title": f"Dam {number}", "passage": passage}
    return made | {"answers": [answer], "answerable": True} | changes


def write(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in rows)


def read(folder: Path, **options: Any) -> tuple[list[Example], list[Example]]:
    return read_examples(folder, seed=options.pop("seed", 1), without=options.pop("without", OTHERS), **options)


def shown(found: Sequence[Example]) -> set[str]:
    return {one.question for one in found}


def test_rows_become_examples_with_sentences_and_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "WITHOUT_ANSWER", 0.0)
    write(
        tmp_path, "squad1_titled", [row(3), row(4, answerable=False), row(5, span_kind="sentence"), row(6, passage="")]
    )
    train, development = read(tmp_path)
    by_question = {one.question: one for one in (*train, *development)}
    assert set(by_question) == {f"Who built dam {number}?" for number in (3, 4, 5)}  # the empty passage is left out
    answered = by_question["Who built dam 3?"]
    assert [answered.passage[a:b] for a, b in answered.sentences] == [
        "Wells are old.",
        "Dam 3 was built by Ada Kerr3 in 1912.",
        "It rained for 3 days.",
    ]
    assert [answered.passage[a:b] for a, b in answered.spans] == ["Ada Kerr3"]
    assert answered.labels == (False, True, False)
    assert (answered.title, answered.exact) == ("Dam 3", True)
    assert by_question["Who built dam 4?"].spans == ()  # not answerable, whatever its answers say
    assert not by_question["Who built dam 5?"].exact


def test_the_seed_decides_and_development_examples_never_train(tmp_path: Path) -> None:
    write(tmp_path, "squad1_titled", [row(number) for number in range(400)])
    train, development = read(tmp_path)
    assert 3 <= len(development) <= 30  # 3 % of 400
    assert shown(train).isdisjoint(shown(development))
    assert len(train) + len(development) == 400
    assert read(tmp_path) == (train, development)
    again, same = read(tmp_path, seed=2)
    assert [one.question for one in again] != [one.question for one in train]
    assert shown(same) == shown(development)  # a hash decides, not the seed


def test_files_give_their_shares_and_one_can_give_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "SHARES", {"squad1_titled": 1.0, "squad2_dev_half": 0.5})
    write(tmp_path, "squad1_titled", [row(number) for number in range(400)])
    write(tmp_path, "squad2_dev_half", [row(number) for number in range(1000, 1400)])

    def counts(**options: Any) -> tuple[int, int]:
        train, _ = read(tmp_path, without=options.pop("without", frozenset()), **options)
        late = sum("dam 1" in one.question and len(one.question) == len("Who built dam 1000?") for one in train)
        return len(train) - late, late

    first, second = counts()
    assert first > 370
    assert 150 < second < 250
    assert counts(without=frozenset({"squad2_dev_half"}))[1] == 0
    few, most = counts(mostly="squad2_dev_half")
    assert few < 40  # 4 % of 400
    assert most > 320  # 90 % of 400


def test_hidden_answers_take_every_sentence_with_the_answer_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "WITHOUT_ANSWER", 1.0)
    start, end = NAME
    told = row(1, passage=PASSAGE, answers=[{"start": start, "end": end, "text": "Ada Kerr"}])
    alone = row(2, passage=PASSAGE[15:53], answers=[{"start": start - 15, "end": end - 15, "text": "Ada Kerr"}])
    write(tmp_path, "squad1_titled", [told, alone])
    found = {one.question: one for one in read(tmp_path)[0]}
    hidden = found["Who built dam 1?"]
    assert hidden.passage == "Wells are old. It rained."
    assert hidden.sentences == ((0, 14), (15, 25))
    assert hidden.spans == ()
    assert not any(hidden.labels)
    assert found["Who built dam 2?"].spans  # with fewer than two sentences left, the example stays


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(PACKAGED / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def example(**changes: Any) -> Example:
    made = {"question": "Who built the dam?", "title": None, "passage": PASSAGE, "sentences": SENTENCES}
    return Example(**made | {"spans": (NAME,), "exact": True} | changes)


def words(window: Window, tokenizer: Tokenizer, first: int, last: int) -> str:
    return tokenizer.decode(window.ids[first : last + 1].tolist())


def test_a_window_is_question_and_passage_with_the_place_of_the_answer(tokenizer: Tokenizer) -> None:
    window = window_of(example(), tokenizer, random.Random(1))
    pieces = [tokenizer.id_to_token(number) for number in window.ids]
    assert pieces[:7] == ["[CLS]", "who", "built", "the", "dam", "?", "[SEP]"]
    assert pieces[-1] == "[SEP]"
    assert pieces.count("[SEP]") == 2
    assert window.types.tolist() == [0] * 7 + [1] * (len(pieces) - 7)
    assert window.sentence[:7].tolist() == [-1] * 7
    assert window.sentence[-1] == -1
    for number, (start, end) in enumerate(SENTENCES):
        own = np.flatnonzero(window.sentence == number)
        assert words(window, tokenizer, own[0], own[-1]) == PASSAGE[start:end].lower()
    assert window.right.tolist() == [False, True, False, False]
    ((first,), (last,)) = window.starts, window.ends
    assert words(window, tokenizer, first, last) == "ada kerr"
    assert (window.exact, window.answerable) == (True, True)


def test_a_window_without_an_answer_says_so(tokenizer: Tokenizer) -> None:
    window = window_of(example(spans=()), tokenizer, random.Random(1))
    assert (window.starts, window.ends, window.answerable) == ((), (), False)
    assert not window.right.any()


def test_several_answers_have_several_places(tokenizer: Tokenizer) -> None:
    window = window_of(example(spans=(NAME, YEAR)), tokenizer, random.Random(1))
    found = [words(window, tokenizer, a, b) for a, b in zip(window.starts, window.ends, strict=True)]
    assert found == ["ada kerr", "1912"]


def test_some_windows_begin_with_the_title(tokenizer: Tokenizer) -> None:
    chance = random.Random(1)
    made = [window_of(example(title="Dams of Wend"), tokenizer, chance) for _ in range(200)]
    titled = [one for one in made if "dams of wend :" in tokenizer.decode(one.ids.tolist())]
    assert 120 < len(titled) < 180  # three quarters
    assert {len(one.ids) for one in titled} != {len(one.ids) for one in made}
    for one in titled:
        assert words(one, tokenizer, one.starts[0], one.ends[0]) == "ada kerr"


def test_a_long_passage_is_cut_to_whole_sentences_with_the_answer(tokenizer: Tokenizer) -> None:
    before = [f"Number {n} of the long list of wells is dry since the summer." for n in range(60)]
    texts = [*before[:40], "The dam was built by Ada Kerr.", *before[40:]]
    spans, at = [], 0
    for text in texts:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    passage = " ".join(texts)
    name = passage.index("Ada Kerr")
    long = example(passage=passage, sentences=tuple(spans), spans=((name, name + 8),))
    firsts = set()
    for seed in range(20):
        window = window_of(long, tokenizer, random.Random(seed))
        assert len(window.ids) <= LONGEST
        assert window.answerable
        assert words(window, tokenizer, window.starts[0], window.ends[0]) == "ada kerr"
        body = np.flatnonzero(window.sentence >= 0)
        assert sorted(set(window.sentence[body].tolist())) == list(range(len(window.right)))
        text = words(window, tokenizer, body[0], body[-1])
        assert text.startswith(("number", "the dam"))  # whole sentences
        assert text.endswith(("summer.", "kerr."))
        firsts.add(text[:12])
    assert len(firsts) > 5  # the cut is random
    unanswerable = window_of(example(passage=passage, sentences=tuple(spans), spans=()), tokenizer, random.Random(1))
    assert len(unanswerable.ids) <= LONGEST
    assert not unanswerable.answerable


def test_the_loss_falls_in_three_steps(tokenizer: Tokenizer) -> None:
    torch = pytest.importorskip("torch")
    from training.reader.network import Reader
    from training.reader.train import batch_of, losses

    torch.manual_seed(1)
    reader = Reader(layers=1, dropout=0.0)
    windows = [window_of(one, tokenizer, random.Random(1)) for one in (example(), example(spans=()))]
    optimizer = torch.optim.SGD(reader.parameters(), lr=0.005)
    found = []
    for _ in range(4):
        loss = losses(*reader(*batch_of(windows)), windows)
        found.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.9 * found[0]


def test_the_loss_does_not_depend_on_padding(tokenizer: Tokenizer) -> None:
    torch = pytest.importorskip("torch")
    from training.reader.train import losses

    torch.manual_seed(1)
    window = window_of(example(), tokenizer, random.Random(1))
    n = len(window.ids)
    pieces, answers = torch.randn(1, n, 3), torch.randn(1)
    padded = torch.cat([pieces, torch.full((1, 9, 3), 50.0)], dim=1)
    assert float(losses(padded, answers, [window])) == pytest.approx(float(losses(pieces, answers, [window])))
    right = pieces.clone()
    right[0, window.sentence == 1, 2] += 20
    right[0, window.starts[0], 0] += 20
    right[0, window.ends[0], 1] += 20
    assert float(losses(right, answers + 20, [window])) < 0.2 * float(losses(pieces, answers, [window]))


def test_the_rate_rises_stays_and_falls() -> None:
    pytest.importorskip("torch")
    from training.reader.train import rate_at

    rates = [rate_at(step, 1000) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[:100] == sorted(rates[:100])
    assert set(rates[100:700]) == {1.0}
    assert rates[700:] == sorted(rates[700:], reverse=True)
    assert rates[-1] == pytest.approx(0.02)


class Stopped(Exception):
    """The machine was switched off."""


@pytest.mark.slow
def test_a_resumed_training_gives_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    from training.reader import train as training
    from training.reader.network import Reader

    write(tmp_path / "rows", "squad1_titled", [row(number) for number in range(40)])
    monkeypatch.setattr(training, "SAVE_EVERY", 2)
    monkeypatch.setattr(training, "load_origin", lambda origin, keep: Reader(layers=1))
    threads, measured = torch.get_num_threads(), training.losses

    def run(out: Path, steps_until_stop: int | None = None) -> dict[str, Any]:
        left = [None if steps_until_stop is None else 2 * steps_until_stop]

        def counted(*given: Any) -> Any:
            if left[0] == 0:
                raise Stopped
            left[0] = None if left[0] is None else left[0] - 1
            return measured(*given)

        monkeypatch.setattr(training, "losses", counted)
        training.train(arguments(tmp_path / "rows", out))
        state: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
        return state

    try:
        whole = run(tmp_path / "whole")
        with pytest.raises(Stopped):
            run(tmp_path / "resumed", steps_until_stop=3)  # the last checkpoint is of step 2
        resumed = run(tmp_path / "resumed")
    finally:
        torch.set_num_threads(threads)
    assert whole["step"] == resumed["step"] == 4
    first = Reader(layers=1).state_dict()
    assert any(not torch.equal(first[name], value) for name, value in whole["reader"].items())
    for name, value in whole["reader"].items():
        assert torch.equal(value, resumed["reader"][name]), name


def arguments(rows: Path, out: Path) -> argparse.Namespace:
    return argparse.Namespace(
        data=rows, origin=PACKAGED / "model.onnx", out=out, steps=4, layers="", frozen=0, without=list(OTHERS),
        mostly=None, start=None, rate=4e-5, development=4, judge_every=100, threads=1, seed=13,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the tracer
def test_the_exported_reader_gives_the_numbers_of_the_trained_one(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx", reason="only training needs the package onnx")
    from qa_service.reader.openvino_reader import OpenVinoReader
    from training.reader.export import export
    from training.reader.network import Reader

    torch.manual_seed(1)
    reader = Reader(layers=1).eval()
    torch.nn.init.normal_(reader.pieces.weight, std=0.05)  # so that the numbers differ by much more than the tolerance
    export(reader, tmp_path / "reader.onnx")
    assert (tmp_path / "reader.onnx").stat().st_size < 16_000_000  # 11.7 million pieces' weights, a byte each
    (tmp_path / "tokenizer.json").write_bytes((PACKAGED / "tokenizer.json").read_bytes())
    exported = OpenVinoReader(tmp_path)
    excerpt = Excerpt("Dams", PASSAGE, SENTENCES)
    found = exported.read("Who built the dam?", excerpt)
    encoded = [
        exported._tokenizer.encode(text, add_special_tokens=False).ids for text in ("Who built the dam?", "Dams :")
    ]
    asked, title = encoded
    body = exported._tokenizer.encode(PASSAGE, add_special_tokens=False)
    ids = [exported._cls, *asked, exported._sep, *title, *body.ids, exported._sep]
    types = [0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2)
    given = torch.tensor([ids])
    with torch.no_grad():
        pieces, answers = reader(given, torch.ones_like(given), torch.tensor([types]))
    logits = pieces[0].numpy()
    assert found.answers == pytest.approx(float(answers), abs=0.05)
    assert found.nothing == pytest.approx(float(logits[0, 2]), abs=0.05)
    begin = len(asked) + len(title) + 2
    starts = np.array([start for start, _ in body.offsets])
    expected = []
    for start, end in SENTENCES:
        inside = begin + np.flatnonzero((starts >= start) & (starts < end))
        expected.append(float(logits[inside, 2].mean()))
    assert found.sentences == pytest.approx(expected, abs=0.05)
    assert max(expected) - min(expected) > 0.2
