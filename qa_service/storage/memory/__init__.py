"""An engine in memory, which scores every passage for every search. For tests and small experiments."""
