"""What a client asks for: reading a GraphQL request out of JSON, whatever the JSON turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from api.problems import Problem

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One GraphQL request as the client sent it."""

    #: Empty where only its hash, or its number in the manifest, was sent (documents.py).
    query: str
    variables: dict[str, Any] | None = field(default=None, repr=False)  # codes and tokens travel in them
    operation_name: str | None = None
    document_id: str | None = None


def parsed_json(body: bytes | str) -> Any:
    """The value of a JSON text. Raises Problem for what is not JSON, not UTF-8, or nested beyond all sense."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(reason="not_json") from error


def asked_in_json(body: bytes) -> Asked:
    """The request in a POST's body. Raises Problem."""
    value = parsed_json(body)
    if isinstance(value, list):
        raise Problem(reason="batch")
    asked = asked_in(value)
    if b"\\u0000" in body:
        refuse_null_characters([asked.query, asked.operation_name, asked.variables])
    return asked


def asked_in_parameters(parameters: dict[str, str]) -> Asked:
    """The request in a GET's query string, where variables and extensions are JSON texts. Raises Problem."""
    value: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if name in value:
            value[name] = parsed_json(value[name])
    asked = asked_in(value)
    refuse_null_characters([asked.query, asked.operation_name, asked.variables])
    return asked


def asked_in(value: Any) -> Asked:
    """The request in a JSON value. Raises Problem."""
    if not isinstance(value, dict):
        raise Problem(reason="not_an_object")
    query, variables = value.get("query"), value.get("variables")
    operation_name, extensions = value.get("operationName"), value.get("extensions")
    if not isinstance(variables, dict | None):
        raise Problem(reason="variables_wrong")
    if not isinstance(operation_name, str | None):
        raise Problem(reason="operation_name_wrong")
    if not isinstance(extensions, dict | None):
        raise Problem(reason="extensions_wrong")
    document_id = document_id_in(value.get("documentId"), extensions or {})
    if query is None and document_id:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise Problem(reason="query_missing")
    return Asked(query, variables, operation_name or None, document_id)


def document_id_in(document_id: Any, extensions: dict[str, Any]) -> str | None:
    """The hash or number of the document: Apollo's `extensions.persistedQuery`, or `documentId`. Raises Problem."""
    persisted = extensions.get("persistedQuery")
    if persisted is not None:
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise Problem(reason="persisted_wrong")
        document_id = persisted.get("sha256Hash")
    if document_id is None and persisted is None:
        return None
    if not isinstance(document_id, str) or not 0 < len(document_id) <= LONGEST_ID:
        raise Problem(reason="persisted_wrong")
    return document_id.removeprefix("sha256:")


def refuse_null_characters(values: list[Any]) -> None:
    """PostgreSQL's texts cannot hold them, so no text of ours does. Raises Problem."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            raise Problem(reason="null_character")
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
