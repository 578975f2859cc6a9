"""Sentences, words, terms, tokens and languages."""
