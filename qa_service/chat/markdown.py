"""Text of articles within Markdown (CommonMark 0.31).

Articles are untrusted. Their text must not become a link, an image, HTML, or a `[3]` that looks like a citation.
"""

from __future__ import annotations

import re

__all__ = ["link", "quoted"]

_ACTIVE = re.compile(r"[\\`*\[\]<>|~]|(?<=&)(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
"""Signs with a meaning in Markdown. An underscore within a word has none ("intraword emphasis", 6.2)."""
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp)(:)(?=/?/?\S)|\b(www)(\.)", re.IGNORECASE)
"""Text that GitHub's Markdown turns into a link by itself ("autolinks (extension)", 6.9)."""
_BEGINS_BLOCK = re.compile(r"(?:#{1,6}|[-+=]|\d{1,9}(?=[.)]))(?=[\s.)]|$)|[-+=]{2,}")


def quoted(text: str) -> str:
    """`text` on one line, with backslashes so that Markdown shows it unchanged."""
    line = _ACTIVE.sub(lambda found: f"\\{found.group()}" if found.group() else "amp;", " ".join(text.split()))
    line = _ADDRESS.sub(lambda found: f"{found[1] or found[3]}\\{found[2] or found[4]}", line)
    if begins := _BEGINS_BLOCK.match(line):
        at = begins.end() if begins.group()[0].isdigit() else 0
        line = f"{line[:at]}\\{line[at:]}"
    return line


def link(text: str, address: str) -> str:
    """A Markdown link. `address` must be percent-encoded, without brackets or spaces."""
    return f"[{quoted(text)}]({address})"
