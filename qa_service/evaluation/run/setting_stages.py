"""The settings by stage: those of ranking, of indexing, and of the server."""

from __future__ import annotations

__all__ = ["INDEXING", "RANKING", "SERVER"]

RANKING = (
    "dense_weight", "late_interaction_weight", "sentence_share", "late_interaction_depth", "source_weight",
    "date_weight", "balance_step", "reranker_depth", "collapse_duplicates", "diversity", "outlet_step", "depth",
    "late_interaction", "reader_tokens",
)  # fmt: skip
"""Settings that change the order of passages or the sentences that are quoted, for each question anew."""
INDEXING = ("max_tokens", "max_word_pieces", "overlap_sentences", "title_weight")
"""Settings of passages and indexes; a change needs the collection to be ingested again."""
SERVER = frozenset({
    "index", "host", "port", "workers", "threads", "api_key", "allow_anonymous", "allowed_hosts", "allowed_origins",
    "max_upload_mb", "parse_seconds", "parse_megabytes", "rate_limit", "log_level",
})  # fmt: skip
"""Settings of a server and the place of the collections; no answer depends on them."""
