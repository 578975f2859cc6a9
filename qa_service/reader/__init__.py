"""The reader finds the sentence and the words that answer a question. `open_reader` chooses the backend."""

from __future__ import annotations

from pathlib import Path

from qa_service.reader.fake import FakeReader
from qa_service.reader.protocol import Excerpt, Reader, Reading, Span

__all__ = ["Excerpt", "FakeReader", "Reader", "Reading", "Span", "import_reader", "open_reader"]

PACKAGED = Path(__file__).parent.parent / "resources" / "reader"


def open_reader(setting: str) -> Reader | None:
    """The reader for the setting `reader`: `packaged`, `fake`, `none`, or a folder.

    The folder has `reader.onnx` and `tokenizer.json`, as `training/reader/export.py` writes them.

    Raises:
        ModelUnavailable: a file is missing, or OpenVINO cannot run the model.
    """
    if setting == "none":
        return None
    if setting == "fake":
        return FakeReader()
    from qa_service.reader.openvino_reader import OpenVinoReader

    return OpenVinoReader(PACKAGED if setting == "packaged" else Path(setting))


def import_reader(setting: str) -> None:
    """Import the modules that `open_reader` needs, without loading a model. A server calls it before the fork."""
    if setting not in ("none", "fake"):
        import qa_service.reader.openvino_reader  # noqa: F401
