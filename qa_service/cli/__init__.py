"""The command line. `main` is the entry point `qa-service`; every command opens the service, calls it once, prints.

Exit codes: 0 where it worked, 1 where it failed, 2 for a wrong command line, 130 after Ctrl-C (`serve`: 0).
"""

from __future__ import annotations

from qa_service.cli.app import main

__all__ = ["main"]
