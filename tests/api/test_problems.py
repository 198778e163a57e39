"""What is said of a request that GraphQL never saw."""

from __future__ import annotations

import pytest

from api.problems import MESSAGES


@pytest.mark.parametrize("reason", MESSAGES)
def test_a_problem_is_said_in_whole_sentences_in_both_languages(reason: str) -> None:
    chinese, english = MESSAGES[reason]
    assert chinese.endswith("。")
    assert english.endswith(".")
    assert english[0].isupper()
    assert english.isascii()
