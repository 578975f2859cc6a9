"""Analyses English questions: names, dates, parts, abbreviations, follow-ups."""
