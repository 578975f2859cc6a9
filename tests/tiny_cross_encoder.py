"""A CrossEncoder of a few kilobytes, as anyone would save one, with random weights that are always the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["LONGEST", "save_tiny_cross_encoder", "save_tiny_tokenizer", "tiny_bert"]

LONGEST = 32
"""Word pieces that it reads of a pair."""
_WORDS = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] gold mine mines how many wells has rain fell the a is of . ? where place town mayor"
)


def save_tiny_cross_encoder(folder: Path, *, labels: int = 1, seed: int = 0) -> Path:
    import torch
    from transformers import BertForSequenceClassification

    save_tiny_tokenizer(folder)
    torch.manual_seed(seed)
    # the weights differ enough for scores to differ
    BertForSequenceClassification(tiny_bert(LONGEST, num_labels=labels, initializer_range=0.5)).save_pretrained(folder)
    return folder


def save_tiny_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(_WORDS.split())}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "pad", "cls", "sep", "mask")}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


def tiny_bert(longest: int, **more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(_WORDS.split()),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=longest,
        **more,
    )
