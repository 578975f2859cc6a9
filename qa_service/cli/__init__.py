"""The command line. `main` is the entry point `qa-service`. Each command opens the service, calls it once and prints.

Exit codes: 0 for success, 1 for a failure, 2 for an invalid command line, 130 after Ctrl-C (`serve`: 0).
"""

from __future__ import annotations

from qa_service.cli.app import main

__all__ = ["main"]
