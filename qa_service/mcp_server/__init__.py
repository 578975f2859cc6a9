"""The Model Context Protocol (https://modelcontextprotocol.io): tools, resources and a prompt for agents.

It runs over standard input and output, or over HTTP. `docs/how-to/connect-agents.md` says how to set up clients.
"""
