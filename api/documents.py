"""Documents that clients name instead of sending them: those they sent before, or those of a manifest, and then no others."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from api.asked import Asked
from api.problems import Problem, not_persisted, not_trusted

#: Characters of documents that are remembered, and of the longest that is.
MOST_TEXT = 2_000_000
LONGEST_TEXT = 50_000
LEAST_TEXT = 200


class Documents:
    """Finds the text of what was asked. `trusted` is the manifest, by number; None where any document may be sent."""

    def __init__(self, trusted: Mapping[str, str] | None = None) -> None:
        self.trusted: dict[str, str] | None = None
        if trusted is not None:
            self.trusted = {digest_of(text): text for text in trusted.values()} | dict(trusted)
        self.sent: OrderedDict[str, str] = OrderedDict()
        self.total = 0

    def resolved(self, asked: Asked) -> Asked:
        """The same with its text. Raises Problem for a document that is not known, not trusted, or not what its hash says."""
        if self.trusted is not None:
            text = self.trusted.get(asked.document_id or digest_of(asked.query))
            if text is None or (asked.query and asked.query != text):
                raise not_trusted()
            return replace(asked, query=text)
        if asked.document_id is None:
            return asked
        return self.remembered(asked, asked.document_id)

    def remembered(self, asked: Asked, digest: str) -> Asked:
        """Apollo's automatic persisted queries: first the hash alone, then, if need be, the text with it."""
        if asked.query:
            if digest_of(asked.query) != digest:
                raise Problem(reason="hash_wrong")
            self.keep(digest, asked.query)
            return asked
        text = self.sent.get(digest)
        if text is None:
            raise not_persisted()
        self.sent.move_to_end(digest)
        return replace(asked, query=text)

    def keep(self, digest: str, text: str) -> None:
        """Remember a document; what was not asked for longest is forgotten."""
        if digest in self.sent or len(text) > LONGEST_TEXT:
            return
        self.sent[digest] = text
        self.total += max(LEAST_TEXT, len(text))
        while self.total > MOST_TEXT:
            _, forgotten = self.sent.popitem(last=False)
            self.total -= max(LEAST_TEXT, len(forgotten))


def digest_of(text: str) -> str:
    """The hash by which clients know a document."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
