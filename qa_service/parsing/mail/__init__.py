"""Messages: which part to read, and their text without quotes and footers."""
