"""What every idempotency key promises, said once."""

from __future__ import annotations

IDEMPOTENCY_KEY = (
    "Chosen by the client, unique for this intent, 1 to 200 characters; sending it again answers what the first call answered. "
    "The same key with another input is IDEMPOTENCY_KEY_REUSED. A call that was refused frees its key: once the cause is mended "
    "the same key may succeed. Keys belong to the caller and are kept for good."
)
