"""Models as files on this machine, never from a hub."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

__all__ = ["find_model", "stay_offline", "weights_hash"]

logger = logging.getLogger(__name__)


def stay_offline() -> None:
    """Law 5, for the libraries: call before they are imported."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when huggingface_hub is imported
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def find_model(model: str) -> Path | None:
    """The folder of a model: `model` itself where it is one, else where the Hugging Face cache has it, else None."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except Exception as error:  # a wrong name, an empty cache and a broken cache raise different things
        logger.debug("no model %s on disk", model, exc_info=error)
        return None


def weights_hash(folder: Path) -> str:
    """SHA-256 over the model's weight files: two models with one name are still two models."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.suffix in {".safetensors", ".bin"} and p.is_file()):
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
