"""The loading code, on a tiny CrossEncoder that the test builds and saves itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.answering.nli import ContradictionModel, open_contradiction_model
from qa_service.errors import ModelUnavailable
from tests.tiny_nli import save_tiny_nli

pytestmark = pytest.mark.slow  # the imports of transformers alone take over 2 s


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_nli(tmp_path_factory.mktemp("models") / "tiny-nli")


def test_the_label_is_that_which_the_configuration_calls_contradiction(folder: Path, tmp_path: Path) -> None:
    # softmax of 0, 1, 2 is .0900, .2447, .6652; contradiction is label 1 of the one model and label 2 of the other
    assert open_contradiction_model(str(folder))("Mali has left", "Mali has not left") == pytest.approx(
        0.2447, abs=1e-4
    )
    other = save_tiny_nli(tmp_path / "other", {0: "neutral", 1: "entailment", 2: "contradiction"})
    assert open_contradiction_model(str(other))("Mali has left", "Mali has not left") == pytest.approx(0.6652, abs=1e-4)


def test_both_directions_count_and_the_lower_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_contradiction_model(str(folder))
    monkeypatch.setattr(ContradictionModel, "_probability", lambda self, one, other: 0.9 if one < other else 0.4)
    assert model("a", "b") == model("b", "a") == 0.4


def test_the_same_pair_gives_the_same_probability_whatever_was_asked_before(folder: Path) -> None:
    model = open_contradiction_model(str(folder))
    before = model("Mali has left", "it has not")
    model("the army left mali " * 40, "it")
    assert model("Mali has left", "it has not") == before


def test_a_model_is_known_by_its_weights(folder: Path) -> None:
    name, _, digest = open_contradiction_model(str(folder)).model_id.partition("@")
    assert (name, len(digest)) == ("tiny-nli", 16)


def test_what_is_not_on_disk_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(
        ModelUnavailable, match=r"QA_NLI_MODEL: there is no model 'nobody/nothing'.*hf download"
    ) as error:
        open_contradiction_model("nobody/nothing")
    assert error.value.param == "nli_model"


@pytest.mark.parametrize(
    "labels",
    [{0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, {0: "score"}, {0: "entailment", 1: "contradiction"}],
)
def test_a_model_without_the_three_labels_is_refused(tmp_path: Path, labels: dict[int, str]) -> None:
    model = save_tiny_nli(tmp_path / "model", labels)
    with pytest.raises(ModelUnavailable, match="contradiction, entailment or neutral"):
        open_contradiction_model(str(model))


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not a usable CrossEncoder"):
        open_contradiction_model(str(tmp_path))


def test_a_model_that_was_not_trained_to_classify_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "architectures": ["BertModel"]}))
    with pytest.raises(ModelUnavailable, match="contradiction, entailment or neutral"):
        open_contradiction_model(str(copy))
