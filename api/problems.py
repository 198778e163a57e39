"""What can be wrong with a request before GraphQL has a say, as errors that already have the shape of GraphQL's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from schema.codes import ErrorCode, RequestErrorCode
from schema.context import Language

#: Clients look for this very word, and people never see it.
APOLLO_NOT_FOUND = "PersistedQueryNotFound"

MESSAGES: dict[str, tuple[str, str]] = {
    "not_json": ("请求体不是有效的 JSON。", "The body is not valid JSON."),
    "not_an_object": ("请求体必须是一个 JSON 对象。", "The body has to be a JSON object."),
    "batch": ("不支持一次发送多个操作。", "Several operations in one request are not supported."),
    "query_missing": ("缺少 query，或 query 不是文本。", "The query is missing or is not a text."),
    "variables_wrong": ("variables 必须是 JSON 对象或 null。", "The field variables has to be a JSON object or null."),
    "operation_name_wrong": ("operationName 必须是文本或 null。", "The field operationName has to be a text or null."),
    "extensions_wrong": (
        "extensions 必须是 JSON 对象或 null。",
        "The field extensions has to be a JSON object or null.",
    ),
    "persisted_wrong": (
        "persistedQuery 须含 version: 1 和 sha256Hash；documentId 须为文本。",
        "A persistedQuery has version 1 and a sha256Hash; a documentId is a text.",
    ),
    "hash_wrong": ("sha256Hash 与 query 不一致。", "The sha256Hash is not that of the query."),
    "not_trusted": ("本服务只执行事先登记的操作。", "This server runs only the documents of its manifest."),
    "null_character": ("文本中不能含有 NUL 字符。", "Texts must not contain the NUL character."),
    "body_too_large": ("请求体超过 {allowed} 字节。", "The body is larger than {allowed} bytes."),
    "body_too_slow": ("请求体在 {allowed} 秒内没有发完。", "The body did not arrive within {allowed} seconds."),
    "too_late": (
        "处理超时，操作可能已经完成；请用同一个请求编号（idempotencyKey）重试。",
        "It took too long, and may have been done all the same: try again with the same idempotency key.",
    ),
    "content_type": (
        "Content-Type 必须是 application/json，编码为 UTF-8。",
        "Content-Type has to be application/json, in UTF-8.",
    ),
    "accept": (
        "Accept 必须包含 application/graphql-response+json 或 application/json。",
        "Accept has to name application/graphql-response+json or application/json.",
    ),
    "accept_stream": (
        "此地址以 text/event-stream 回答，Accept 必须包含它；普通请求请发往 /graphql。",
        "This address answers in text/event-stream, which Accept has to name. Plain requests go to /graphql.",
    ),
    "not_found": ("没有这个地址。", "There is nothing at this address."),
    "method": ("此地址不支持该请求方法。", "This address does not support the method."),
    "unknown_operation": ("文档中没有所指定的操作。", "The document does not contain the operation asked for."),
    "only_queries": ("GET 请求只能执行查询。", "GET is for queries only."),
    "no_subscriptions": (
        "订阅请使用 WebSocket（graphql-transport-ws），或 /graphql/stream（SSE）。",
        "Subscriptions go over a WebSocket (graphql-transport-ws), or to /graphql/stream (SSE).",
    ),
    "too_deep": ("文档嵌套过深。", "The document is nested too deeply."),
    "unauthenticated": ("登录已失效，请重新登录。", "The access token is not valid, or no longer."),
    "busy": ("服务器繁忙，请稍后再试。", "The server is busy, please try again later."),
    "stopping": ("服务正在重启，请稍后再试。", "The server is restarting, please try again."),
    "sms_failed": ("短信暂时发不出去，请稍后再试。", "The text message could not be sent, please try again later."),
    "internal": ("服务器内部错误，编号 {reference}。", "Internal error, reference {reference}."),
}


@dataclass(kw_only=True, eq=False)
class Problem(Exception):
    """A request that cannot be answered. `reason` is the key of its message, `code` what a program switches on."""

    reason: str
    status: int = 400
    code: ErrorCode | RequestErrorCode = ErrorCode.INVALID_INPUT
    values: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def as_error(self, language: Language) -> dict[str, Any]:
        """The error as GraphQL formats one."""
        if self.reason == APOLLO_NOT_FOUND:
            return {"message": self.reason, "extensions": {"code": str(self.code)}}
        chinese, english = MESSAGES[self.reason]
        message = (english if language == "en" else chinese).format(**self.values)
        return {"message": message, "extensions": {"code": str(self.code), **self.values}}


def unauthenticated() -> Problem:
    """The token is unknown, malformed, out of date, or its session was ended."""
    return Problem(
        reason="unauthenticated", status=401, code=ErrorCode.UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"}
    )


def body_too_large(allowed: int) -> Problem:
    """More bytes than a body may have."""
    values = {"limit": "body", "allowed": allowed}
    return Problem(reason="body_too_large", status=413, code=RequestErrorCode.LIMIT_EXCEEDED, values=values)


def body_too_slow(allowed: float) -> Problem:
    """The body is still not there."""
    values = {"limit": "seconds", "allowed": round(allowed)}
    return Problem(reason="body_too_slow", status=408, code=RequestErrorCode.LIMIT_EXCEEDED, values=values)


def too_deep(allowed: int) -> Problem:
    """The parser or a validation rule ran out of stack on the client's document."""
    return Problem(
        reason="too_deep", code=RequestErrorCode.LIMIT_EXCEEDED, values={"limit": "depth", "allowed": allowed}
    )


def too_late() -> Problem:
    """No answer within the time a request may take. It is worth another try, with the same idempotency key."""
    return Problem(reason="too_late", status=503, code=RequestErrorCode.DEADLINE_EXCEEDED, headers={"Retry-After": "1"})


def not_persisted() -> Problem:
    """The document of a hash is not known, or no longer. Apollo's protocol has this message, and 200, for the client to go on."""
    return Problem(reason=APOLLO_NOT_FOUND, status=200, code=RequestErrorCode.PERSISTED_QUERY_NOT_FOUND)


def not_trusted() -> Problem:
    """The document is none of the manifest's."""
    return Problem(reason="not_trusted", code=RequestErrorCode.DOCUMENT_NOT_TRUSTED)


def only_queries() -> Problem:
    """A GET must not change anything."""
    return Problem(reason="only_queries", status=405, headers={"Allow": "POST"})


def busy() -> Problem:
    """The database did not answer in time. It is worth another try, with the same idempotency key."""
    return Problem(reason="busy", status=503, code=RequestErrorCode.UNAVAILABLE, headers={"Retry-After": "1"})


def stopping() -> Problem:
    """The server stops. It is worth another try, with the same idempotency key: what was asked may have been done."""
    return Problem(reason="stopping", status=503, code=RequestErrorCode.UNAVAILABLE, headers={"Retry-After": "1"})


def sms_failed() -> Problem:
    """The operator's gateway did not take the message."""
    return Problem(reason="sms_failed", status=503, code=RequestErrorCode.UNAVAILABLE)


def internal(reference: str) -> Problem:
    """Our own fault. The reference is in the log, beside what really happened."""
    return Problem(reason="internal", status=500, code=RequestErrorCode.INTERNAL, values={"reference": reference})
