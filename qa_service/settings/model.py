"""The settings: their names, defaults and help lines."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from qa_service.machine import cores, free_memory
from qa_service.settings.addresses import HOST_NAME, is_address, is_origin, is_server

__all__ = ["Settings"]

_LANGUAGE = re.compile(r"[a-z]{2}")
MEMORY_OF_A_WORKER = 512 * 1024 * 1024
"""Most bytes of a worker, shared memory not counted. It takes about 370 MiB with torch, 110 MiB with OpenVINO."""


class Settings(BaseModel):
    """All settings of the service. Immutable: make another with `settings.model_copy(update={…})`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path("index"), description="Directory that holds the collections, one folder each.")
    model: str = Field(
        "packaged",
        description="`packaged` (all-MiniLM-L6-v2 from the installed package), `fake` (deterministic, for tests), "
        "or the name or path of any sentence-transformers model that is on disk.",
    )
    model_languages: tuple[str, ...] = Field(
        (),
        description="Languages that the model reads, as `en,fr`, or `all`. A question in another language is ranked by "
        "its words. When unset: `en` for the packaged model, `all` for others. Comma-separated.",
    )
    runtime: Literal["auto", "openvino", "openvino-int8", "torch"] = Field(
        "auto",
        description="The library that runs the model. `auto`: OpenVINO if its vectors agree with those of torch, "
        "otherwise torch. `openvino`: OpenVINO or an error. `openvino-int8`: OpenVINO in 8 bits, which is less exact; "
        "install the extra `int8`. `torch`: PyTorch, on a CUDA device if it finds one.",
    )
    chunking: Literal["sentences", "whole"] = Field(
        "sentences",
        description="`sentences`: passages of whole sentences within the limits below. `whole`: one passage for each "
        "article, whose beginning alone the model reads; for comparison with published figures.",
    )
    max_word_pieces: int = Field(
        256,
        ge=16,
        description="Most word pieces in a passage with its title; never above the model's limit.",
    )
    max_tokens: int = Field(256, ge=16, description="Most tiktoken tokens in a passage.")
    overlap_sentences: int = Field(
        2, ge=0, le=10, description="Sentences that a passage repeats from the passage before."
    )

    parse_seconds: float = Field(
        120.0,
        gt=0,
        le=86_400,
        description="Most seconds that a file may take between two articles. Large files get 2 s more for each MiB, "
        "and ten times as long in all.",
    )
    parse_megabytes: int = Field(
        1500, ge=256, le=1_000_000, description="Memory in MiB of the process that parses files."
    )

    depth: int = Field(1000, ge=10, le=10_000, description="Hits from each first-stage retriever.")
    dense_weight: float = Field(
        0.5, ge=0, le=1, description="Weight of the dense score in the convex combination with the lexical score."
    )
    title_weight: int = Field(
        1, ge=0, le=10, description="How often a word of title, outlet or author counts in lexical matching."
    )
    late_interaction: bool = Field(
        True,
        description="Rerank the first candidates by late interaction over binary token embeddings. When "
        "false, the service reads the tokens of only the first five passages, and confidence is less reliable.",
    )
    late_interaction_depth: int = Field(50, ge=1, le=1000, description="Candidates that late interaction reranks.")
    late_interaction_weight: float = Field(
        0.85, ge=0, le=1, description="Weight of late interaction; the first-stage score has the rest."
    )
    sentence_share: float = Field(
        1.0, ge=0, le=1, description="Share of the passage's best sentence in its late-interaction score."
    )
    source_weight: float = Field(
        0.1, ge=0, le=0.5, description="Score bonus for articles of an outlet or byline that the question names."
    )
    date_weight: float = Field(
        0.05, ge=0, le=0.5, description="Score bonus for articles published on a date that the question names."
    )
    balance_step: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Score penalty for each passage by which its source leads, if the question names several sources.",
    )
    reranker: str | None = Field(
        None,
        description="Name or path of a sentence-transformers CrossEncoder on disk, which reorders the first passages. "
        "None when unset.",
    )
    reranker_depth: int = Field(20, ge=1, le=1000, description="Passages that the reranker reads for a question.")
    reader: str | None = Field(
        None,
        description="The reader, which finds the sentence and the words that answer: `packaged`, `fake` (for tests), "
        "`none` (sentences are chosen by late interaction), or a folder with `reader.onnx` and `tokenizer.json`. When "
        "unset: `packaged`, or `none` if `model` is `fake`.",
    )
    reader_tokens: int = Field(
        600,
        ge=0,
        le=10_000,
        description="Most tiktoken tokens of the first five passages that the reader reads for a question. Its time "
        "grows with them. 0: it reads nothing.",
    )
    nli_model: str | None = Field(
        None,
        description="Name or path of a sentence-transformers CrossEncoder for natural language inference that is on "
        "disk. It finds disagreements between outlets; without it there are none.",
    )
    nli_threshold: float = Field(
        0.9,
        ge=0,
        le=1,
        description="Smallest probability of a contradiction that counts as a disagreement, from 0 to 1.",
    )
    collapse_duplicates: bool = Field(
        True, description="Show a text that several articles print once, and list the other articles in `also_in`."
    )
    diversity: float = Field(
        0.0,
        ge=0,
        le=1,
        description="How strongly passages that differ from those above are preferred, 0 (not at all) to 1.",
    )
    outlet_step: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Score penalty for each higher-ranked passage of the same article; half of it for other articles "
        "of the same outlet. No penalty if the question names sources.",
    )
    answerable_threshold: float = Field(0.15, ge=0, le=1, description="Smallest confidence of an answerable question.")

    host: str = Field("127.0.0.1", description="Address on which `serve` listens.")
    port: int = Field(8000, ge=0, le=65535, description="Port on which `serve` listens.")
    mcp_port: int = Field(8001, ge=0, le=65535, description="Port on which `mcp --transport streamable-http` listens.")
    workers: int | None = Field(
        None,
        ge=1,
        le=64,
        description="Worker processes of `serve`. When unset: the number of cores, or fewer if memory is short.",
    )
    threads: int | None = Field(
        None, ge=1, le=256, description="Questions answered at once. When unset: the number of cores plus one."
    )
    api_key: SecretStr | None = Field(None, description="Bearer key for all requests but health checks and the page.")
    allow_anonymous: bool = Field(False, description="Listen beyond loopback without an API key.")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Further host names that the `Host` header may hold; `*` admits all. Comma-separated."
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Web origins that may call from a browser, such as `https://example.org`. Comma-separated."
    )
    public_url: str | None = Field(
        None,
        description="Public address of the page, such as `https://ask.example.org`. Citations in chats link there. "
        "When unset: the address of the request.",
    )
    llm_base_url: str | None = Field(
        None,
        description="Address of a server with OpenAI's protocol, such as `http://127.0.0.1:11434/v1`. Its model writes "
        "the answers of the chat protocols from the passages, which are sent there. When unset, answers are quotations "
        "and nothing leaves this machine.",
    )
    llm_model: str | None = Field(None, min_length=1, validate_default=True, description="Name of that server's model.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that server, if it needs one.")
    llm_timeout: float = Field(
        30.0,
        gt=0,
        le=600,
        description="Most seconds for the model to write an answer, and half of them to its first word. After that, "
        "the rest of the answer is quoted.",
    )
    max_upload_mb: int = Field(64, ge=1, description="Largest request body, in MiB.")
    rate_limit: str | None = Field(None, description="Most requests per client, such as `60/minute`; off when unset.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe level that is logged."
    )

    @property
    def chosen_reader(self) -> str:
        """The setting `reader`, or its default."""
        return self.reader or ("none" if self.model == "fake" else "packaged")

    @property
    def processes(self) -> int:
        """Worker processes of `serve`."""
        return self.workers or max(1, min(cores(), free_memory() // MEMORY_OF_A_WORKER, 64))

    @property
    def questions_at_once(self) -> int:
        """Questions answered at once. More only wait for each other: on two cores, 8 answer fewer per second than 3."""
        return self.threads or cores() + 1

    @property
    def questions_in_a_process(self) -> int:
        """The share of one worker process in `questions_at_once`."""
        return math.ceil(self.questions_at_once / self.processes)

    @field_validator("model_languages")
    @classmethod
    def _language_codes(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for language in languages:
            if language != "all" and not _LANGUAGE.fullmatch(language):
                raise ValueError(f"{language!r} is no language by its two letters, such as en, and not all")
        return languages

    @field_validator("allowed_hosts")
    @classmethod
    def _host_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not (host == "*" or HOST_NAME.fullmatch(host) or is_address(host)):
                raise ValueError(f"{host!r} is no host name such as qa.example.org: no scheme, port or path")
        return hosts

    @field_validator("allowed_origins")
    @classmethod
    def _web_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not (origin == "*" or is_origin(origin.removesuffix("/"))):
                raise ValueError(f"{origin!r} is no web origin such as https://example.org or http://localhost:3000")
        return origins

    @field_validator("public_url")
    @classmethod
    def _page_address(cls, address: str | None) -> str | None:
        if address is None or is_server(address):
            return address
        raise ValueError(f"{address!r} is no address such as https://ask.example.org: no user, query or fragment")

    @field_validator("llm_base_url")
    @classmethod
    def _server_address(cls, address: str | None) -> str | None:
        """The message does not repeat the address, because it may hold a password."""
        if address is None or is_server(address):
            return address
        raise ValueError("is no address such as http://127.0.0.1:11434/v1: no user, query or fragment")

    @field_validator("llm_model")
    @classmethod
    def _model_named(cls, model: str | None, info: ValidationInfo) -> str | None:
        if model is None and info.data.get("llm_base_url") is not None:
            raise ValueError("QA_LLM_BASE_URL is set, so this must name the model that writes")
        return model

    @field_validator("rate_limit")
    @classmethod
    def _rate(cls, rate: str | None) -> str | None:
        if rate is not None:
            from limits import parse_many  # only who sets a rate waits for it

            try:
                parse_many(rate)
            except ValueError:
                raise ValueError(f"{rate!r} is no rate such as 60/minute") from None
        return rate
