"""Accept and Accept-Language are read as their weights say."""

from __future__ import annotations

import pytest

from api.graphql_http import media_of
from api.language import language_of
from api.preferences import preferences


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
    ],
)
def test_the_media_type_is_the_most_wanted_one(header: str, media: str) -> None:
    assert media_of(preferences(header)) == media
