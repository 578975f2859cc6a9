"""What an evaluation was made with."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from builders import draft
from tiny_cross_encoder import save_tiny_cross_encoder

from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.sets import open_questions
from qa_service.service import Service
from qa_service.settings import load_settings


def test_settings_that_are_not_the_defaults_are_named_whatever_gave_them(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("dense_weight = 0.25\ntitle_weight = 1\n")  # the second is the default
    environ = {"QA_DEPTH": "20", "QA_MODEL": "fake", "QA_API_KEY": "secret"}
    settings = load_settings({"index": tmp_path / "index"}, config=config, environ=environ)
    questions = tmp_path / "set.jsonl"
    questions.write_text('{"id": "q1", "question": "How many wells has the town of Place1?", "answers": ["1"]}\n')
    with closing(Service.open(settings)) as service:
        service.ingest_drafts([draft(1)])
        evaluate(service, open_questions(questions), tmp_path / "out")
    text = (tmp_path / "out" / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["changed"] == ["dense_weight", "depth", "model"]
    assert (manifest["overrides"], manifest["settings"]["api_key"]) == ({}, "***")
    assert "secret" not in text


def test_the_reranker_is_named_with_its_weights(tmp_path: Path) -> None:
    questions = tmp_path / "set.jsonl"
    questions.write_text('{"id": "q1", "question": "How many wells has the town of Place1?", "answers": ["1"]}\n')
    model = save_tiny_cross_encoder(tmp_path / "tiny")
    for name, reranker in (("with", str(model)), ("without", None)):
        settings = load_settings({"index": tmp_path / "index", "model": "fake", "reranker": reranker}, environ={})
        with closing(Service.open(settings)) as service:
            service.ingest_drafts([draft(1)])
            evaluate(service, open_questions(questions), tmp_path / name)
            expected = None if service.reranker is None else {"id": service.reranker.model_id}
        assert json.loads((tmp_path / name / "manifest.json").read_text())["reranker"] == expected
        assert (expected is None) == (reranker is None)
