"""HTML elements and tables as plain text."""
