"""Word lists and word patterns. Each list stands here once."""
