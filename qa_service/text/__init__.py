"""Sentences, words, terms, tokens and languages: pure functions that keep offsets."""
