"""`python -m qa_service` is `qa-service`."""

from __future__ import annotations

import sys

from qa_service.cli import main

__all__: list[str] = []

sys.exit(main())
