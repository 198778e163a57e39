"""The secret of every test."""

from __future__ import annotations

from domain.people.keys import derive_keys

SECRET = "the secret of the tests, known to everybody"
TEST_KEYS = derive_keys(SECRET.encode())
