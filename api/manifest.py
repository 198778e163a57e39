"""The manifest of trusted documents: read at start, and refused aloud if anything in it is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError, parse, validate

from api.documents import digest_of
from api.settings import BadSettings
from schema.build import schema

SHA256 = re.compile(r"[0-9a-f]{64}")
VARIABLE = "XUEXI_TRUSTED_DOCUMENTS"


def read_manifest(path: str) -> dict[str, str]:
    """The documents by their numbers. Raises BadSettings, which names every problem.

    Apollo's form, `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", ...}]}`, or that of
    Relay and others, `{id: document}`.
    """
    try:
        documents = documents_in(orjson.loads(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise BadSettings([f"{VARIABLE}={path!r} cannot be read: {error}"]) from error
    problems = [problem for number, text in documents.items() if (problem := problem_of(number, text))]
    if problems or not documents:
        raise BadSettings([f"{VARIABLE}: {problem}" for problem in problems or ["there is no document in it"]])
    return documents


def documents_in(value: Any) -> dict[str, str]:
    """Raises ValueError for what is no manifest."""
    if isinstance(value, dict) and "operations" in value:
        if value.get("format") != "apollo-persisted-query-manifest" or value.get("version") != 1:
            raise ValueError("its format is not apollo-persisted-query-manifest, version 1")
        value = {each["id"]: each["body"] for each in value["operations"] if isinstance(each, dict) and "body" in each}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError("it is neither a list of operations nor an object of documents")
    return value


def problem_of(number: str, text: str) -> str | None:
    """What is wrong with a document of the manifest."""
    if SHA256.fullmatch(number) and digest_of(text) != number:
        return f"document {number} is another than its hash says"
    try:
        errors = validate(schema._schema, parse(text))  # noqa: SLF001 - Strawberry offers no other way to it
    except GraphQLError as error:
        errors = [error]
    return f"document {number} is not of this schema: {errors[0].message}" if errors else None
