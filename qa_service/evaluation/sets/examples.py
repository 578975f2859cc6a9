"""What is said where a file holds no question: what a set is, with a line to copy."""

from __future__ import annotations

__all__ = ["nothing_in"]

_LINES = '{"id": "1", "question": "Who is mayor?", "articles": ["a1"]}'
_EXAMPLES = {
    "jsonl": f"A set has one question a line, such as {_LINES}",
    "csv": "A set has a header and one question a row, such as `id,question,article_id` and `1,Who is mayor?,a1`",
    "beir": 'It has one a line, such as {"_id": "1", "text": "Who is mayor?"}; asked are those that qrels judge',
    "trec": "It has one topic a line, id, tab and question, or <top><num>1 <title>Who is mayor?</top>; asked are those "
    "that qrels judge",
    "squad": 'They stand in data[].paragraphs[].qas[], such as {"id": "1", "question": "Who is mayor?", "answers": '
    '[{"text": "Ann"}]}',
}


def nothing_in(format: str) -> str:
    return f"holds no question. {_EXAMPLES[format]}"
