"""Two neighbouring characters are enough to find an activity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import InvalidInput
from domain.volunteering.search import SearchTerms, grams_of, search_terms, search_text_of


def test_a_text_has_a_gram_for_each_pair_of_neighbours() -> None:
    assert grams_of("寒冬义诊") == {"寒冬", "冬义", "义诊"}


def test_no_pair_reaches_over_a_space_or_a_line() -> None:
    assert grams_of("free clinic\n义诊") == {"fr", "re", "ee", "cl", "li", "in", "ni", "ic", "义诊"}


def test_a_word_of_one_character_has_no_pair() -> None:
    assert grams_of("a 义 诊") == frozenset()


def test_full_width_letters_and_capitals_do_not_matter() -> None:
    assert grams_of("ＣＬinic") == grams_of("clinic")
    assert search_text_of("Ｆree", "义诊") == "free\n义诊"


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("义诊", SearchTerms(("义诊",), ("义诊",))),
        ("  义诊 反诈 ", SearchTerms(("义诊", "反诈"), ("义诊", "反诈"))),
        ("寒冬义　诊", SearchTerms(("寒冬义", "诊"), ("冬义", "寒冬"))),
        ("义诊 义诊", SearchTerms(("义诊",), ("义诊",))),
        ("CLIP", SearchTerms(("clip",), ("cl", "ip", "li"))),
    ],
)
def test_every_word_of_a_query_is_looked_for(query: str, terms: SearchTerms) -> None:
    assert search_terms(query) == terms


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "text_empty"),
        ("诊", "search_too_short"),
        ("义 诊", "search_too_short"),
        ("\u200b\u200b", "text_empty"),
        ("义诊\x00", "text_control_characters"),
        ("义\ud800", "text_control_characters"),
        ("义" * 101, "text_too_long"),
    ],
)
def test_a_query_that_cannot_be_looked_for_is_refused(query: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        search_terms(query)
    assert (caught.value.path, caught.value.reason) == (("filter", "search"), reason)


@given(st.text(min_size=1), st.data())
def test_whatever_stands_in_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    words = [word for word in search_text_of(text).split() if len(word) > 1]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, len(word) - 2))
    part = word[start : data.draw(st.integers(start + 2, len(word)))]
    assert grams_of(part) <= grams_of(text)
