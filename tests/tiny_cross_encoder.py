"""A CrossEncoder of a few kilobytes, as anyone would save one, with random weights that are always the same."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LONGEST", "save_tiny_cross_encoder"]

LONGEST = 32
"""Word pieces that it reads of a pair."""
_WORDS = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] gold mine mines how many wells has rain fell the a is of . ? where place town mayor"
)


def save_tiny_cross_encoder(folder: Path, *, labels: int = 1, seed: int = 0) -> Path:
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

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
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LONGEST,
        num_labels=labels,
        initializer_range=0.5,  # so that scores differ
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder
