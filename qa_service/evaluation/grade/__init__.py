"""Grading: what an answer scores against the gold of its question, and the figures of a whole set."""
