"""Word lists, each once."""
