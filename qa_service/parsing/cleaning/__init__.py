"""From the text of a draft to clean text: decoded, repaired, split, without boilerplate."""
