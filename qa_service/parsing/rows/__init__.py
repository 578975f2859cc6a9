"""Tables and JSON: which column holds which field, and an article of each row."""
