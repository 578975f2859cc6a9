"""Writes the example answer in README.md, a real answer over the seeds. `make docs` runs it."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from qa_service.cli import main as qa_service

ROOT = Path(__file__).parent.parent
QUESTION = "Who commands the Africa Corps?"
BEGIN, END = "<!-- Written by `make docs`. -->\n", "<!-- Until here. -->\n"


def real_example() -> str:
    """The example as Markdown: two commands and their output."""
    with tempfile.TemporaryDirectory(prefix="qa-example-") as index:
        _run("ingest", str(ROOT / "seeds"), index=index)
        printed = _run("ask", QUESTION, "--top-k", "1", index=index)
        answer = json.loads(_run("ask", QUESTION, "--top-k", "1", "--json", index=index))["answer"]
    command = f'$ qa-service ask "{QUESTION}" --top-k 1'
    span = json.dumps(answer["span"], ensure_ascii=False, separators=(",", ":"))
    lines = [command, *printed.splitlines(), "", f"{command} --json | jq -c .answer.span", span]
    return "\n" + "\n".join(f"    {line}".rstrip() for line in lines) + "\n\n"


def example_in(page: str) -> str:
    """The text between the two marks."""
    return page.partition(BEGIN)[2].partition(END)[0]


def _run(*arguments: str, index: str) -> str:
    """The output of a command. It runs in this process, so that the model is loaded once."""
    printed = StringIO()
    with redirect_stdout(printed):
        code = qa_service([*arguments, "--index", index])
    if code:
        raise RuntimeError(f"qa-service {arguments[0]} has ended with exit code {code}")
    return printed.getvalue()


def main() -> None:
    for name in [name for name in os.environ if name.startswith("QA_")]:
        del os.environ[name]
    readme = ROOT / "README.md"
    page = readme.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(before + BEGIN + real_example() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
