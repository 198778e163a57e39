"""Accept and Accept-Language are read as their weights say."""

from __future__ import annotations

import pytest

from api.accepting import media_of
from api.language import language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("*", "zh-CN"),
        ("fr", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("en;q=0.5, zh;q=0.9", "zh-CN"),
        ("fr, en;q=0.3, zh;q=0.1", "en"),
        ("en;q=0", "zh-CN"),
        ("en;q=much", "zh-CN"),
        (";;;,,,", "zh-CN"),
    ],
)
def test_the_language_is_the_best_of_those_we_speak(header: str | None, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("header", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/json"),
        ("application/json;q=0.9, application/graphql-response+json", "application/graphql-response+json"),
        ("text/event-stream, application/json", "application/json"),
        (
            "application/graphql-response+json, application/json;q=0.9, text/event-stream, multipart/mixed",
            "application/graphql-response+json",
        ),
        ("application/*", "application/json"),
        ("application/graphql-response+json;q=0.2, */*", "application/json"),
        ("application/json;q=0, */*", "application/graphql-response+json"),
        ("application/json;q=0", None),
        ("application/json;charset=utf-8", "application/json"),
        ("text/html, image/*", None),
        ("text/event-stream", None),
        ("*/*;q=0", None),
        ("nonsense, ;;, q=1", "application/json"),
    ],
)
def test_the_media_type_is_the_most_wanted_one(header: str, media: str | None) -> None:
    assert media_of(header) == media
