"""Ingests articles: from files, uploads and posted drafts to a new snapshot."""
