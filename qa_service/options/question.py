"""The options of a question, each once. All interfaces are made from these tables.

To add an option: add a field to `records.Question` (or `records.Filters`), add a line here, and use it in the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from qa_service.options.limits import MOST, MOST_PASSAGES, MOST_TURNS, MOST_VALUES
from qa_service.options.value_checks import COLLECTION, LANGUAGE, QUESTION, WORD, Text, day
from qa_service.records import LONGEST_QUESTION, Filters, Question

__all__ = ["FILTER_OPTIONS", "FLAT_OPTIONS", "QUESTION_OPTIONS", "Option", "Retriever", "to_filters", "to_question"]

Retriever = Literal["hybrid", "dense", "lexical"]
NO_CAP = "No cap if left out."


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question, with its limits.

    The last four fields are read from the record's field of the same name: write none of them in the tables.
    """

    name: str
    help: str
    text: Text = WORD
    """Limits of a text, or of each text in a list."""
    least: int | None = None
    """Smallest number."""
    most: int | None = None
    """Largest number, or the most values of a list."""
    choices: tuple[str, ...] = ()
    hybrid_only: bool = False
    """The retrievers `dense` and `lexical` ignore it."""
    type: Any = str
    """Of one value: str, int, float, bool, date or a record."""
    many: bool = False
    """Whether it is a list."""
    nullable: bool = False
    default: Any = ...
    """`...` if the option is required."""

    @property
    def description(self) -> str:
        """The help line, with the retriever that the option needs."""
        return f"{self.help} `hybrid` only." if self.hybrid_only else self.help

    @property
    def nested(self) -> bool:
        """Whether its values are records, which neither a query string nor a command line can hold."""
        return self.type not in (str, int, float, bool, date)

    def parse(self, text: str) -> Any:
        """The value of a text or date option that `text` stands for.

        Raises:
            ValueError: it is not such a value.
        """
        return day(text) if self.type is date else self.text.parse(text)


def _typed(record: type, *options: Option) -> tuple[Option, ...]:
    """`options` with the types and defaults of the fields of `record`."""
    hints = get_type_hints(record)
    defaults = {field.name: ... if field.default is MISSING else field.default for field in fields(record)}
    return tuple(_typed_one(option, hints[option.name], defaults[option.name]) for option in options)


def _typed_one(option: Option, hint: Any, default: Any) -> Option:
    nullable = isinstance(hint, UnionType)
    kind = next(a for a in get_args(hint) if a is not type(None)) if nullable else hint
    many = get_origin(kind) is tuple
    kind = get_args(kind)[0] if many else kind
    return replace(option, type=kind, many=many, nullable=nullable, default=default)


FILTER_OPTIONS = _typed(
    Filters,
    Option("outlet", "Only articles of these outlets.", most=MOST_VALUES),
    Option("author", "Only articles with these bylines, each written in full.", most=MOST_VALUES),
    Option("language", "Only articles in these languages (ISO 639-1, such as en).", text=LANGUAGE, most=MOST_VALUES),
    Option("article_id", "Only these articles.", most=MOST_VALUES),
    Option("tags", "Only articles with at least one of these tags.", most=MOST_VALUES),
    Option("published_from", "First day of publication, inclusive."),
    Option("published_to", "Last day of publication, inclusive."),
)
"""Fields of `filters` in a body; a query string and the command line take them by themselves."""

QUESTION_OPTIONS = _typed(
    Question,
    Option("question", f"1 to {LONGEST_QUESTION} characters, not all blank.", text=QUESTION),
    Option("top_k", "Maximum number of passages.", least=1, most=MOST_PASSAGES),
    Option("collection", "The collection to ask.", text=COLLECTION),
    Option("filters", "The articles that may answer. A list admits any of its values."),
    Option(
        "retriever",
        "How to find passages: by meaning and words, by meaning, or by words.",
        choices=get_args(Retriever),
    ),
    Option("max_per_article", f"Maximum number of passages of one article. {NO_CAP}", least=1, most=MOST),
    Option("max_per_outlet", f"Maximum number of passages of one outlet. {NO_CAP}", least=1, most=MOST),
    Option(
        "max_context_tokens",
        f"Return the best passages within this many tiktoken tokens. {NO_CAP}",
        least=1,
        most=MOST,
    ),
    Option(
        "interpret",
        "Prefer articles of the outlets and dates that the question names, and ask its parts separately.",
        hybrid_only=True,
    ),
    Option(
        "collapse_duplicates",
        "Show a text that several articles print once, and list the other articles in `also_in`.",
        hybrid_only=True,
    ),
    Option(
        "diversity",
        "How strongly to prefer passages that differ from earlier passages, 0 to 1. The default is the setting "
        "`diversity`.",
        least=0,
        most=1,
        hybrid_only=True,
    ),
    Option("matches", "Report which words of the evidence match which words of the question."),
    Option(
        "answer",
        "Quote the sentences that answer. If false, nothing is read: `answer` is null, and `confidence` and "
        "`answerable` are about the passages.",
    ),
    Option("history", "The turns before, oldest first. They complete a follow-up question.", most=MOST_TURNS),
)

FLAT_OPTIONS = tuple(option for option in (*FILTER_OPTIONS, *QUESTION_OPTIONS) if not option.nested)
"""For a query string and the command line: each filter by itself, and nothing nested."""


def to_question(values: Mapping[str, Any]) -> Question:
    """The question with these options. Filters are nested in `filters` or stand by themselves; lists become tuples."""
    chosen = _chosen(values, _QUESTION_NAMES)
    if not _FILTER_NAMES.isdisjoint(values):
        chosen["filters"] = to_filters(values)
    return Question(**chosen)


def to_filters(values: Mapping[str, Any]) -> Filters:
    """The filters among these options; lists become tuples."""
    return Filters(**_chosen(values, _FILTER_NAMES))


_QUESTION_NAMES = frozenset(option.name for option in QUESTION_OPTIONS)
_FILTER_NAMES = frozenset(option.name for option in FILTER_OPTIONS)


def _chosen(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in names}
