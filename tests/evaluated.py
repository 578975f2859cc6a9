"""Output folders of `evaluate`, written by hand for tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["K", "write_folder"]

K = 5


def write_folder(
    folder: Path,
    ranks: Mapping[str, int | None],
    *,
    relevance: str = "passage",
    fingerprint: str = "f" * 64,
    top_k: int = K,
    extra: Mapping[str, Mapping[str, float]] | None = None,
    without_gold: Sequence[str] = (),
    gold: Mapping[str, Any] | None = None,
    answered: Mapping[str, bool] | None = None,
    unanswerable: Mapping[str, bool] | None = None,
) -> Path:
    """Question id -> rank of its one relevant passage, `<id>/good`; the others are `<id>/0`, `<id>/1`, … each of an
    article of its own. RR@5 and Success@1 are written; `extra` gives a question further measures. `answered` says of
    questions that they have an answer, and whether they were answered; `unanswerable` are further questions that have
    none, likewise."""
    folder.mkdir(parents=True)
    lines, texts = [], []
    for identity, rank in ranks.items():
        names = [f"{identity}/good" if place == rank else f"{identity}/{place}" for place in range(1, top_k + 1)]
        measures = {f"RR@{top_k}": round(1 / rank, 6) if rank else 0.0, "Success@1": float(rank == 1)}
        lines.append(
            {
                "id": identity,
                "question": f"What of {identity}?",
                "tags": ["what"],
                "language": "en",
                "answerable": True if identity in (answered or {}) else None,
                "relevance": relevance,
                "declined": not (answered or {}).get(identity, rank is not None),
                "confidence": 0.5,
                "answer": f"{folder.name} says {identity}" if rank else None,
                "gold": {
                    "articles": {f"article of {identity}/good": 1} if relevance == "article" else {},
                    "passages": {f"{identity}/good": 1},
                    "evidence": [],
                    "answers": [],
                }
                | dict(gold or {}),
                "measures": measures | dict((extra or {}).get(identity, {})),
                "first_relevant": rank,
                "passages": [
                    {
                        "rank": place,
                        "passage_id": name,
                        "article_id": f"article of {name}",
                        "score": 1 / place,
                        "grade": int(name.endswith("good")),
                        "evidence": [[0, 4]],
                    }
                    for place, name in enumerate(names, 1)
                ],
                "citations": {"checked": 1, "valid": 1},
            }
        )
        texts += [
            {
                "passage_id": name,
                "article_id": f"article of {name}",
                "start": 0,
                "end": 9,
                "text": f"text of {name}",
                "title": f"title of {name}",
                "outlet": "AFP",
                "published": None,
                "language": "en",
                "source": None,
            }
            for name in names
        ]
    lines += [
        {"id": identity, "question": "?", "measures": {}, "passages": [], "gold": {}, "relevance": relevance}
        for identity in without_gold
    ]
    lines += [
        {"id": identity, "question": f"Why {identity}?", "answerable": False, "declined": not given, "measures": {},
         "confidence": 0.4, "answer": None, "passages": [], "gold": {}, "relevance": relevance, "first_relevant": None}
        for identity, given in (unanswerable or {}).items()
    ]  # fmt: skip
    _write_lines(folder / "per_question.jsonl", lines)
    _write_lines(folder / "passages.jsonl", texts)
    trec = [
        f"{line['id']} Q0 {passage['passage_id']} {passage['rank']} {top_k - passage['rank']} qa-service\n"
        for line in lines
        for passage in line["passages"]
    ]
    (folder / "run.trec").write_text("".join(trec), encoding="utf-8")
    summary = {"name": folder.name, "collection": "default", "relevance": relevance, "top_k": top_k, "overlap": 1.0}
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    manifest = {"collection": {"name": "default", "fingerprint": fingerprint}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _write_lines(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
