"""Work that continues after a response and after a restart (a queue), and work on several processes (a pool)."""
