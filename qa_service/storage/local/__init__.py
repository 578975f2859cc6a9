"""The embedded engine: SQLite, FAISS and Tantivy on one machine."""
