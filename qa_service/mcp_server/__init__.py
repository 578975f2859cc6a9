"""The Model Context Protocol (https://modelcontextprotocol.io): collections as the tools, resources and prompt of an
agent, over standard input and output or over HTTP. `docs/how-to/connect-agents.md` says how clients are set up."""
