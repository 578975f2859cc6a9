"""Models as files on this machine, never from a hub."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from qa_service.errors import ModelUnavailable
from qa_service.files.checksums import sha256_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig

__all__ = ["find_model", "longest_text", "not_on_disk", "stay_offline", "weights_hash"]

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")

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


def not_on_disk(setting: str, model: str, kind: str, unset: str = "") -> ModelUnavailable:
    """That the model of a setting is not here, and what to do; a path is nothing that a hub could have."""
    fetch = (
        f", or put it into the Hugging Face cache first (on a machine with internet: hf download {model})"
        if _HUB_NAME.fullmatch(model)
        else ""
    )
    return ModelUnavailable(
        f"QA_{setting.upper()}: there is no model {model!r} on this machine, and nothing is downloaded. "
        f"Give the path of {kind}{fetch}.{unset}",
        param=setting,
    )


def longest_text(config: PretrainedConfig) -> int:
    """Word pieces that the model has positions for; 512 where its configuration does not say."""
    positions = int(getattr(config, "max_position_embeddings", 0) or 512)
    if "roberta" in config.model_type:  # its positions are counted from behind the padding's
        positions -= int(config.pad_token_id or 0) + 1
    return positions


def weights_hash(folder: Path) -> str:
    """SHA-256 over the model's weight files: two models with one name are still two models."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.suffix in {".safetensors", ".bin"} and p.is_file()):
        digest.update(bytes.fromhex(sha256_of(file)))
    return digest.hexdigest()
