"""Pure functions on text that keep offsets."""
