"""Trains the reader. It stops by itself, and goes on from its last checkpoint when it starts again.

python -m training.reader.train --data FOLDER --origin model.onnx --out FOLDER --steps 6000
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from training.reader.examples import Example, read_examples
from training.reader.network import Reader, load_origin
from training.reader.windows import Window, window_of

log = logging.getLogger(__name__)

BATCH = 16
"""Windows a step, in two halves of like length, so that little is padding."""
RATE, HEAD_RATE = 4e-5, 4e-4
WARM_UP = 100
"""Steps in which the learning rate rises."""
FALL = 0.3
"""Share of the steps, at the end, in which the learning rate falls to zero."""
SAVE_EVERY = 200


def losses(pieces: torch.Tensor, answers: torch.Tensor, windows: Sequence[Window]) -> torch.Tensor:
    """The loss of a batch: exact spans, sentences against each other, each sentence, and the window as a whole."""
    total = torch.zeros(())
    for at, window in enumerate(windows):
        n = len(window.ids)
        start, end, sentence = pieces[at, :n, 0], pieces[at, :n, 1], pieces[at, :n, 2]
        body = torch.tensor(window.sentence >= 0)
        if not bool(body.any()):
            continue
        allowed = body.clone()
        allowed[0] = True  # the place of "no answer"
        if window.exact or not window.answerable:
            gold_starts, gold_ends = (list(window.starts) or [0], list(window.ends) or [0])
            for scores, gold in ((start, gold_starts), (end, gold_ends)):
                total = total + 0.5 * (
                    torch.logsumexp(scores.masked_fill(~allowed, -1e4), 0) - torch.logsumexp(scores[gold], 0)
                )
        owners = torch.tensor(window.sentence[window.sentence >= 0])
        count = len(window.right)
        summed = torch.zeros(count).index_add(0, owners, sentence[body])
        means = summed / torch.bincount(owners, minlength=count).clamp(min=1)
        right = torch.tensor(window.right)
        listed = torch.cat([means, sentence[:1]])
        gold_list = torch.cat([right, torch.tensor([not window.answerable])])
        total = total + torch.logsumexp(listed, 0) - torch.logsumexp(listed[gold_list], 0)
        weight = torch.where(right, 2.0, 1.0)
        total = total + 0.5 * F.binary_cross_entropy_with_logits(means, right.float(), weight, reduction="sum") / 2
    answered = torch.tensor([float(window.answerable) for window in windows])
    return (total + 0.5 * F.binary_cross_entropy_with_logits(answers, answered, reduction="sum")) / len(windows)


def batch_of(windows: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, mask and types, int64 (b, n), padded to the longest."""
    width = max(len(one.ids) for one in windows)
    ids, mask, types = (np.zeros((len(windows), width), np.int64) for _ in range(3))
    for at, one in enumerate(windows):
        n = len(one.ids)
        ids[at, :n], mask[at, :n], types[at, :n] = one.ids, 1, one.types
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(types)


def rate_at(step: int, steps: int) -> float:
    """Factor on the learning rate: it rises, stays, then falls."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    left = (steps - step) / max(1.0, FALL * steps)
    return max(0.02, min(1.0, left))


@torch.no_grad()
def judge(reader: Reader, windows: Sequence[Window]) -> dict[str, float]:
    """On development windows: share of right first sentences, of exact ends of spans, and AUROC of the answer score."""
    reader.eval()
    first = spans = answerable = exact = 0
    scores: list[tuple[float, bool]] = []
    for window in windows:
        ids, mask, types = batch_of([window])
        with torch.autocast("cpu", torch.bfloat16):
            pieces, answers = reader(ids, mask, types)
        pieces = pieces.float()[0]
        body = window.sentence >= 0
        if not body.any():
            continue
        means = np.bincount(window.sentence[body], pieces[torch.from_numpy(body), 2].numpy())
        scored = means / np.maximum(1, np.bincount(window.sentence[body]))
        scores.append((float(answers), window.answerable))
        if window.answerable:
            answerable += 1
            first += bool(window.right[int(scored.argmax())])
            if window.exact and window.starts:
                exact += 1
                inside = np.flatnonzero(body)
                spans += int(inside[pieces[inside, 0].argmax()] in window.starts)
    reader.train()
    right = [score for score, own in scores if own]
    wrong = [score for score, own in scores if not own]
    above = np.mean([(a > b) + 0.5 * (a == b) for a in right for b in wrong]) if right and wrong else 0.0
    return {"sentence": first / max(1, answerable), "start": spans / max(1, exact), "auroc": float(above)}


def train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    tokenizer = Tokenizer.from_file(str(arguments.origin.parent / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    without = frozenset(arguments.without)
    examples, development = read_examples(arguments.data, seed=arguments.seed, without=without, mostly=arguments.mostly)
    chance = random.Random(arguments.seed)
    chance.shuffle(development)
    held = [window_of(one, tokenizer, chance) for one in development[: arguments.development]]
    log.info("%d examples, %d development windows", len(examples), len(held))
    keep = [int(one) for one in arguments.layers.split(",")] if arguments.layers else None
    reader = load_origin(arguments.origin, keep)
    if arguments.start is not None:
        reader.load_state_dict(torch.load(arguments.start, weights_only=True)["reader"])
    layers = len(reader.bert.encoder.layer)
    frozen = [reader.bert.embeddings, *reader.bert.encoder.layer[: arguments.frozen]]
    for part in frozen:
        part.requires_grad_(False)
    heads = [*reader.pieces.parameters()]
    body = [p for name, p in reader.named_parameters() if p.requires_grad and not name.startswith("pieces.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01, betas=(0.9, 0.98)
    )
    first = 0
    saved = arguments.out / "checkpoint.pt"
    arguments.out.mkdir(parents=True, exist_ok=True)
    if saved.exists():
        state = torch.load(saved, weights_only=True)
        reader.load_state_dict(state["reader"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
        torch.set_rng_state(state["chance"])  # so that dropout goes on as if the training had not stopped
    reader.train()
    for part in frozen:
        part.eval()
    began, summed, pieces_seen = time.perf_counter(), 0.0, 0
    log.info("%d layers, step %d of %d", layers, first, arguments.steps)
    for step in range(first, arguments.steps):
        own = random.Random(arguments.seed * 1_000_003 + step)
        at = step * BATCH
        lot = [window_of(_pick(examples, at + i), tokenizer, own) for i in range(BATCH)]
        lot.sort(key=lambda one: len(one.ids))
        factor = rate_at(step, arguments.steps)
        for group, base in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = base * factor * arguments.rate / RATE
        optimizer.zero_grad(set_to_none=True)
        for half in (lot[: BATCH // 2], lot[BATCH // 2 :]):
            ids, mask, types = batch_of(half)
            with torch.autocast("cpu", torch.bfloat16):
                pieces, answers = reader(ids, mask, types)
            loss = losses(pieces.float(), answers.float(), half) / 2
            torch.autograd.backward(loss)
            summed += float(loss.detach())
            pieces_seen += ids.numel()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        if (step + 1) % 50 == 0:
            spent = time.perf_counter() - began
            log.info("step %d loss %.4f, %.2f windows/s, %.0f pieces/s", step + 1, summed / 50,
                     (step + 1 - first) * BATCH / spent, pieces_seen / spent)  # fmt: skip
            summed = 0.0
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == arguments.steps:
            state = {
                "reader": reader.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step + 1,
                "chance": torch.get_rng_state(),
            }
            torch.save(state, saved.with_suffix(".part"))
            saved.with_suffix(".part").replace(saved)
        if (step + 1) % arguments.judge_every == 0 or step + 1 == arguments.steps:
            log.info("step %d %s", step + 1, json.dumps(judge(reader, held)))
            for part in frozen:
                part.eval()


def _pick(examples: Sequence[Example], at: int) -> Example:
    return examples[at % len(examples)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the gzipped JSON Lines")
    parser.add_argument(
        "--origin", type=Path, required=True, help="the cross-encoder's model.onnx, with tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--layers", default="", help="the layers to keep, such as 1,3,5,7,9,11; default: all")
    parser.add_argument("--frozen", type=int, default=4, help="first layers that are not trained")
    parser.add_argument("--without", nargs="*", default=[], help="files to leave out, such as squad2_dev_half")
    parser.add_argument("--mostly", help="the file that gives most examples, such as squad2_dev_half")
    parser.add_argument("--start", type=Path, help="a checkpoint whose weights the training starts from")
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate")
    parser.add_argument("--development", type=int, default=300, help="windows that judge the training")
    parser.add_argument("--judge-every", type=int, default=400)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=13)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
