"""Opens an exported model. Exports the model first if the folder does not have it."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa_service.embedding.exported_model import Facts, read_facts
from qa_service.embedding.openvino_embedder import OpenVinoEmbedder
from qa_service.embedding.openvino_runtime import openvino_version
from qa_service.errors import ModelUnavailable
from qa_service.files.atomic import WRITING, publish
from qa_service.files.locks import Lock

__all__ = ["open_exported"]

logger = logging.getLogger(__name__)

SLOWEST_EXPORT = 1800
"""Most seconds of an export."""


def open_exported(
    model_id: str, exports: Path, languages: frozenset[str] | None, asked: Callable[[], dict[str, Any]]
) -> OpenVinoEmbedder:
    """The model as exported to the folder `exports`. `asked` gives the arguments of the export; see `export`.

    Raises:
        ModelUnavailable: the model cannot be exported, gives other vectors, or the folder cannot be written.
    """
    folder = exports / model_id
    try:
        facts = _usable(folder)
        if facts is None:
            facts = _export_once(folder, asked)
        if facts.unusable is not None:
            raise ModelUnavailable(f"{model_id} does not run with OpenVINO: {facts.unusable}", param="runtime")
        return OpenVinoEmbedder(folder, facts, languages)
    except subprocess.TimeoutExpired:
        raise ModelUnavailable(
            f"The export of {model_id} took longer than {SLOWEST_EXPORT} s.", param="runtime"
        ) from None
    except OSError as error:
        raise ModelUnavailable(f"{folder}: the exported model cannot be kept here: {error}", param="runtime") from error
    except (RuntimeError, ValueError, KeyError) as error:  # RuntimeError is OpenVINO's
        raise ModelUnavailable(f"{folder}: the exported model cannot be opened: {error}", param="runtime") from error


def _usable(folder: Path) -> Facts | None:
    """The facts of the folder. None if it needs an export: it has no facts, or another version of OpenVINO failed."""
    facts = read_facts(folder)
    again = facts is not None and facts.unusable is not None and f"openvino {openvino_version()}," not in facts.made_by
    return None if again else facts


def _export_once(folder: Path, asked: Callable[[], dict[str, Any]]) -> Facts:
    """Export in a child process, so that this process does not import torch. A lock lets processes export in turn."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Lock(folder.with_name(folder.name + ".lock")):
        facts = _usable(folder)
        if facts is not None:
            return facts  # another process was first
        arguments = asked()
        logger.warning(
            "Exporting %s for OpenVINO to %s. This happens once and takes some seconds.", folder.name, folder
        )
        unfinished = folder.with_name(folder.name + WRITING)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        done = subprocess.run(
            [
                sys.executable,
                "-P",
                "-m",
                "qa_service.embedding.export",
                json.dumps({**arguments, "to": str(unfinished)}),
            ],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SLOWEST_EXPORT,
        )
        facts = read_facts(unfinished)
        if facts is None:
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise ModelUnavailable(f"The export of {folder.name} failed: {said[-1]}", param="runtime")
        shutil.rmtree(folder, ignore_errors=True)
        publish(unfinished, folder)
        if facts.loss is not None:
            logger.warning(
                "%s in 8 bits: mean cosine to torch %.4f, smallest %.4f, over the reference texts. "
                "Compare the answers with `qa-service evaluate` before you use it.",
                folder.name,
                *facts.loss,
            )
        return facts
