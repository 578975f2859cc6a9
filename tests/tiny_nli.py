"""A CrossEncoder for natural language inference of a few kilobytes."""

from __future__ import annotations

from pathlib import Path

__all__ = ["save_tiny_nli"]

WORDS = ["mali", "has", "not", "admitted", "it", "the", "army", "left"]
LABELS = {0: "entailment", 1: "CONTRADICTION", 2: "neutral"}


def save_tiny_nli(folder: Path, labels: dict[int, str] = LABELS) -> Path:
    """Save a classifier that gives every pair the logits 0, 1, 2, …: its bias alone decides."""
    import torch  # ten seconds of a core, which a run without these tests need not wait for
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    BertTokenizerFast(vocab_file=str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=5 + len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        id2label=labels,
        label2id={label: number for number, label in labels.items()},
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.arange(len(labels), dtype=torch.float32))
    model.save_pretrained(folder)
    return folder
