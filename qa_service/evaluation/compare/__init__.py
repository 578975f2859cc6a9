"""Comparing evaluations: paired differences, their significance, and gates for continuous integration."""
