"""A sentence-transformers model of a few kilobytes, with other modules and prompts than the packaged one."""

from __future__ import annotations

from pathlib import Path

from tiny_cross_encoder import save_tiny_tokenizer, tiny_bert

__all__ = ["LONGEST", "save_tiny_sentence_model"]

LONGEST = 100
"""Word pieces that it reads. No multiple of 16, so the longest inputs are padded less."""


def save_tiny_sentence_model(folder: Path) -> Path:
    """Pooling takes the first token; a dense layer follows; questions and passages have prompts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules as parts
    from transformers import BertModel

    torch.manual_seed(0)
    bert = folder / "bert"
    save_tiny_tokenizer(bert)
    BertModel(tiny_bert(LONGEST, initializer_range=0.2)).save_pretrained(bert)
    modules = [
        parts.Transformer(str(bert), max_seq_length=LONGEST),
        parts.Pooling(16, pooling_mode="cls"),
        parts.Dense(16, 12),
        parts.Normalize(),
    ]
    model = SentenceTransformer(modules=modules, prompts={"query": "town: ", "document": "mine: "}, device="cpu")
    model.save_pretrained(str(folder / "model"))
    return folder / "model"
