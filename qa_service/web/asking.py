"""Questions from every route take their turn here."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from qa_service.records import Answer, Question
from qa_service.web.metrics import Metrics

if TYPE_CHECKING:
    from qa_service.service import Service

__all__ = ["Asker"]


class Asker:
    """The server has more threads than questions at once, so that slow clients and health checks never wait behind
    questions; more questions than cores only make each of them slower."""

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self._service, self._metrics = service, metrics
        self._places = threading.BoundedSemaphore(service.settings.questions_at_once)

    def ask(self, question: Question) -> Answer:
        with self._places:
            found = self._service.ask(question)
        self._metrics.question(found.answerable)
        return found
