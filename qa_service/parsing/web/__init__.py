"""Web pages: the article's text, and what the page states of itself."""
