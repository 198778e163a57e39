"""Who may know of merges, as SQL over a row's alias and `:viewer`: who goes on, readers of the book."""

from __future__ import annotations

from domain.people.rights import reads_the_book


def sees_merge(t: str) -> str:
    """SQL: `:viewer` may know of the resident_merges row `t`."""
    own = f"EXISTS (SELECT 1 FROM residents vm WHERE vm.id = {t}.merged_id AND vm.merged_into_id = :viewer)"
    return f"({own} OR {reads_the_book()})"
