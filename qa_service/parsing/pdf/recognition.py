"""Reads the pages of scans with RapidOCR. It runs on OpenVINO, with the models that its package carries.

RapidOCR downloads a model that it does not have. So each model's path is given: a model that is missing is an error.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
import pypdfium2 as pdfium

from qa_service.parsing.pdf.lines import usual_height
from qa_service.parsing.pdf.words import PageWords, Word

__all__ = ["INSTALL", "Recognizer", "is_installed"]

INSTALL = "Install the `ocr` extra (pip install 'qa-service[ocr]') to read scans."
_DOTS_PER_POINT = 250 / 72
_LONGEST_SIDE = 3000
"""Pixels of the longer side of a page's picture."""
_DETECTED_SIDE = 1280
"""Pixels of the longer side of the picture in which lines are looked for. Their words are read in the full picture."""
_ENGINE = {"INFERENCE_NUM_THREADS": "1", "NUM_STREAMS": "1", "CPU_RUNTIME_CACHE_CAPACITY": "0"}
"""OpenVINO keeps buffers for each thread and for each width of a line that it has met. Neither is bounded by itself."""
_WIDTH_STEP = 160
"""Lines are padded to a multiple of this width, because the engine keeps memory for each width."""
_MODELS = {"Det": "*det*.onnx", "Cls": "*cls*.onnx", "Rec": "*rec*.onnx"}
_LEAST_SCORE = 0.6
"""Lines below this certainty are noise, such as a signature or the grain of a photo."""
_SAME_SIZE = 0.25
_MARGIN = 0.1
"""Margin at each end of a recognised line, in heights."""


def is_installed() -> bool:
    """Whether the `ocr` extra is installed."""
    return find_spec("rapidocr") is not None


class Recognizer:
    """Recognises the text of page pictures. Loads its models once."""

    def __init__(self) -> None:
        rapidocr = import_module("rapidocr")
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        folder = Path(cast(str, rapidocr.__file__)).parent / "models"
        parameters: dict[str, Any] = {"Global.log_level": "critical", "Global.text_score": _LEAST_SCORE}
        parameters["Global.max_side_len"] = _LONGEST_SIDE
        parameters |= {"Det.limit_type": "max", "Det.limit_side_len": _DETECTED_SIDE}
        parameters |= {"Rec.rec_batch_num": 1, "Cls.cls_batch_num": 1}
        device = import_module("rapidocr.inference_engine.openvino.device_config")
        device.CPUConfig.get_config = lambda config: dict(_ENGINE)  # it has no parameter for the cache
        for task, pattern in _MODELS.items():
            model = next(iter(sorted(folder.glob(pattern))), None)
            if model is None:
                raise RuntimeError(f"the package rapidocr carries no model {pattern}; install it again")
            parameters[f"{task}.model_path"] = str(model)
            parameters[f"{task}.engine_type"] = rapidocr.EngineType.OPENVINO
        self._read = rapidocr.RapidOCR(params=parameters)
        lines = self._read._load_rec_model()  # the constructor loads no model
        lines.session = _in_steps(lines.session)

    def page_words(self, page: pdfium.PdfPage) -> PageWords:
        """The recognised words of a page."""
        width, height = page.get_size()
        scale = min(_DOTS_PER_POINT, _LONGEST_SIDE / max(width, height, 1.0))
        bitmap = page.render(scale=scale, no_smoothtext=False, rev_byteorder=False)
        try:
            picture = bitmap.to_numpy()[:, :, :3].copy()
        finally:
            bitmap.close()
        return self.picture_words(picture, scale)

    def picture_words(self, picture: Any, scale: float = _DOTS_PER_POINT) -> PageWords:
        """The recognised words of a picture (height, width, 3), blue first, with `scale` pixels a point."""
        result = self._read(picture)
        found = PageWords(width=picture.shape[1] / scale, height=picture.shape[0] / scale)
        for corners, text in zip(
            () if result.boxes is None else result.boxes, () if result.txts is None else result.txts, strict=True
        ):
            xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
            found.words.append(Word(min(xs), min(ys), max(xs), max(ys), text, False))
        found.words = [word for line in _even(found.words) for word in _words(line)]
        found.glyphs = sum(len(word.text) for word in found.words)
        return found


def _in_steps(recognize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`recognize` for pictures (number, colours, height, width) of few widths."""

    def recognize_padded(pictures: Any) -> Any:
        missing = -pictures.shape[3] % _WIDTH_STEP
        return recognize(np.pad(pictures, ((0, 0), (0, 0), (0, 0), (0, missing))))

    return recognize_padded


def _words(line: Word) -> list[Word]:
    """The words of a recognised line. Their widths are shares of the line's, by characters."""
    step = (line.x1 - line.x0) / max(len(line.text), 1)
    words, at = [], 0
    for text in line.text.split():
        at = line.text.index(text, at)
        words.append(line._replace(x0=line.x0 + at * step, x1=line.x0 + (at + len(text)) * step, text=text))
        at += len(text)
    return words


def _even(words: list[Word]) -> list[Word]:
    """The words with one height where they nearly have one. A box fits the drawn letters, with a margin."""
    usual = usual_height(words)
    even = []
    for word in words:
        height = usual if abs(word.height / usual - 1) < _SAME_SIZE else word.height
        edge = min(_MARGIN * height, (word.x1 - word.x0) / 4)
        top = word.middle - height / 2
        even.append(word._replace(x0=word.x0 + edge, x1=word.x1 - edge, top=top, bottom=top + height))
    return even
