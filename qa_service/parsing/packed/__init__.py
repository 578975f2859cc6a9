"""Archives, and documents that are ZIP files."""
