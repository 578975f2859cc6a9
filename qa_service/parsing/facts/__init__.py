"""Metadata: what a file, its sidecar or its text states, checked."""
