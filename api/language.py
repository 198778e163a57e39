"""In which language to answer: zh-CN unless Accept-Language prefers English."""

from __future__ import annotations

from functools import lru_cache

from api.preferences import preferences
from schema.context import Language

LANGUAGES: dict[str, Language] = {"zh": "zh-CN", "en": "en"}


@lru_cache(maxsize=256)
def language_of(accept_language: str | None) -> Language:
    """The language that an Accept-Language header likes best of those we speak."""
    for tag in preferences(accept_language or ""):
        language = LANGUAGES.get(tag.partition("-")[0])
        if language:
            return language
    return "zh-CN"
