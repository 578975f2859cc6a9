"""`qa-service mcp`: serves the collections to agents over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from qa_service.cli import options

__all__ = ["mcp"]

STDIO, HTTP = "stdio", "streamable-http"


@click.command()
@click.option(
    "--transport",
    type=click.Choice([STDIO, HTTP]),
    default=STDIO,
    show_default=True,
    help="stdio: for a client that starts this command. streamable-http: at http://ADDRESS:N/mcp.",
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Port to listen on, other than that of serve.  [default: 8001]",
)
@click.option("--allow-anonymous", is_flag=True, default=None, help="Listen beyond this machine without an API key.")
@click.option(
    "--collection",
    default="default",
    show_default=True,
    metavar="NAME",
    help="The collection to ask if a call names none.",
)
@options.index
def mcp(
    transport: str,
    host: str | None,
    port: int | None,
    allow_anonymous: bool | None,
    collection: str,
    index: Path | None,
    config: Path | None,
) -> None:
    """Serve tools, resources and a prompt to agents, over the Model Context Protocol.

    docs/how-to/connect-agents.md says how to set up clients.

    Over stdio, it ends when standard input ends. Standard output carries the protocol; the log goes to standard error.
    """
    given = {"--host": host, "--port": port, "--allow-anonymous": allow_anonymous}
    if transport == STDIO and (unused := [name for name, value in given.items() if value is not None]):
        raise click.UsageError(f"{unused[0]} is for --transport {HTTP}: over stdio nothing listens.")
    settings = options.read_settings(config, host=host, mcp_port=port, allow_anonymous=allow_anonymous, index=index)
    options.log_to_stderr(settings.log_level)
    from qa_service.mcp_server.serving import serve_http, serve_stdio

    if transport == STDIO:
        serve_stdio(settings, collection)
    else:
        serve_http(settings, collection)
