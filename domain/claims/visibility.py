"""Who may know of claims, and who may do what with them, as SQL over a row's alias and `:viewer`.

A claim: its resident, the host's organisers, gate staff and administrators, readers of the book.
"""

from __future__ import annotations

from domain.people.rights import Role, holds_role_over_organisation, reads_the_book


def attests_for(organisation: str) -> str:
    """SQL: `:viewer` is an organiser or gate staff of the organisation, and so may attest what residents show."""
    organiser = holds_role_over_organisation(Role.ORGANISER, organisation)
    return f"({organiser} OR {holds_role_over_organisation(Role.GATE_STAFF, organisation)})"


def voids_claim(t: str) -> str:
    """SQL: `:viewer` is an administrator over the host of the claims row `t`."""
    return holds_role_over_organisation(Role.ADMIN, f"{t}.host_id")


def decides_claim(t: str) -> str:
    """SQL: `:viewer` may be the second person for the claims row `t`."""
    return f"({attests_for(f'{t}.host_id')} OR {voids_claim(t)})"


def oversees_claim(t: str) -> str:
    """SQL: `:viewer` may know of the claims row `t` by their role."""
    return f"({decides_claim(t)} OR {reads_the_book()})"


def sees_claim(t: str) -> str:
    """SQL: `:viewer` may know of the claims row `t`."""
    return f"({t}.resident_id = :viewer OR {oversees_claim(t)})"
