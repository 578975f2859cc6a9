"""What the killed process does: adds and deletes articles for ever, and writes down each one that was acknowledged."""

from __future__ import annotations

import os
import random
from pathlib import Path

from builders import draft, fake_service

from qa_service.text.basic.tokens import count_tokens

count_tokens("loaded once, in the process that the others are forked from")


def write_until_killed(index: Path, journal: Path, seed: int) -> None:
    """One line per acknowledgement, on disk before the next write begins: `+n` added, `-n` deleted; `?n` about to
    begin."""
    rng = random.Random(seed)
    service = fake_service(index)
    alive = {a.article_id for a in service.articles(limit=200).articles} if service.collections() else set()
    with journal.open("a", buffering=1) as file:

        def note(line: str) -> None:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

        while True:
            number = rng.randrange(60)
            note(f"?{number}")
            if f"article-{number}" in alive:
                service.delete_article(f"article-{number}")
                alive.discard(f"article-{number}")
                note(f"-{number}")
            else:
                service.add_article(draft(number, language="en"))
                alive.add(f"article-{number}")
                note(f"+{number}")
            if rng.random() < 0.1:
                service.rebuild()
