"""`qa-service serve`: serves the page and the API until a signal ends it."""

from __future__ import annotations

from pathlib import Path

import click

from qa_service.cli import options

__all__ = ["serve"]


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Port to listen on.  [default: 8000]")
@click.option("--allow-anonymous", is_flag=True, default=None, help="Listen beyond this machine without an API key.")
@options.index
def serve(
    host: str | None, port: int | None, allow_anonymous: bool | None, index: Path | None, config: Path | None
) -> None:
    """Serve the page and the API. Ctrl-C or SIGTERM ends it after running requests are answered."""
    settings = options.read_settings(config, host=host, port=port, allow_anonymous=allow_anonymous, index=index)
    options.log_to_stderr(settings.log_level)
    from qa_service.web.server import serve as run

    run(settings)
