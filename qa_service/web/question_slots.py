"""A limit on how many questions are answered at once, whichever route asks."""

from __future__ import annotations

import threading

from qa_service.records import Answer, Question
from qa_service.service import Service
from qa_service.web.metrics import Metrics

__all__ = ["QuestionSlots"]


class QuestionSlots:
    """The slots of one process: its share of the setting `threads`. A question waits until a slot is free.

    The server has more threads than slots, so that slow clients and health checks never wait behind questions. More
    questions than cores only slow each other down.
    """

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self._service, self._metrics = service, metrics
        self._free = threading.BoundedSemaphore(service.settings.questions_in_a_process)

    def ask(self, question: Question) -> Answer:
        with self._free:
            answer = self._service.ask(question)
        self._metrics.question(answer.answerable)
        return answer
