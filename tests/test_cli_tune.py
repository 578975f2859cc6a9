"""`qa-service tune` from the command line, on the fake embedder."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from builders import draft, fake_service

from qa_service.cli.app import main


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_MODEL", "fake")
    monkeypatch.setenv("QA_INDEX", str(tmp_path / "index"))
    with closing(fake_service(tmp_path / "index")) as service:
        service.ingest_drafts([draft(number) for number in range(1, 11)])
    lines = [
        {"id": f"q{n}", "question": f"How many wells has Place{n}?", "articles": [f"article-{n}"]} for n in range(1, 11)
    ]
    path = tmp_path / "wells.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_table_a_verdict_and_three_files(questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    given = ["tune", str(questions), "--try", "dense_weight=0.4,0.6", "--folds", "2", "--out", str(out)]
    assert main(given) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "WARNING: Only 10 questions have gold, so a single question can decide the result. Use 50 questions or more.",
        "WARNING: The smallest fold has 5 questions with gold, so the figures of single folds mean little.",
    ]
    assert said.out.startswith("wells on default, by article: nDCG@10\n3 candidates, 10 questions with gold in 2 folds")
    assert "verdict        keep the defaults" in said.out
    assert f"Settings for --config: {out / 'winner.toml'}" in said.out
    assert sorted(path.name for path in out.iterdir()) == ["candidates.csv", "tuning.json", "winner.toml"]
    # what was found can be asked with, and the folder is written again only where that is asked for
    assert main(["--config", str(out / "winner.toml"), "ask", "How many wells has Place3?"]) == 0
    capsys.readouterr()
    assert main([*given, "--json"]) == 1
    assert f"{out} holds a finished result. Give another --out, or --restart to replace it." in capsys.readouterr().err
    before = (out / "tuning.json").read_bytes()
    assert main([*given, "--restart", "--json"]) == 0
    assert (out / "tuning.json").read_bytes() == before
    assert json.loads(capsys.readouterr().out) == json.loads((out / "tuning.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--folds", "1"], "'--folds'"),
        (["--trials", "50"], "--trials was removed: tune no longer searches. Name the candidates with --try"),
        (["--space", "space.toml"], "--space was removed: tune no longer searches. Name the candidates with --try"),
        (["--try", "max_tokens=64"], "--try: max_tokens needs another collection"),
        (["--measure", "cleverness"], "ir-measures knows no measure 'cleverness'"),
        (["--relevance", "evidence"], "No question of the set has gold for relevance by evidence"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_a_line(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["tune", str(questions), "--out", str(tmp_path / "out"), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_collection_that_is_not_there(questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", str(questions), "--collection", "none", "--out", str(tmp_path / "out")]) == 1
    assert "There is no collection 'none'" in capsys.readouterr().err
