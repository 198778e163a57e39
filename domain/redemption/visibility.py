"""Who may know of offers, orders, tickets and admissions, as SQL over a row's alias and `:viewer`.

An offer, its sessions and its attractions: everybody, once it was on sale; before that, and when it is closed before that,
the host's organisers and gate staff.
An order, a reservation: its owner, the host's gate staff, readers of the book. A ticket: its owner, the host's gate staff.
An admission: the ticket's owner, the host's gate staff.
"""

from __future__ import annotations

from domain.people.rights import Role, holds_role_over_organisation, reads_the_book


def keeps_the_gate(offer_id: str) -> str:
    """SQL: `:viewer` is gate staff of the offer's host."""
    host = f"(SELECT ho.host_id FROM ticket_offers ho WHERE ho.id = {offer_id})"
    return holds_role_over_organisation(Role.GATE_STAFF, host)


def sees_offer(t: str) -> str:
    """SQL: `:viewer` may know of the ticket_offers row `t`."""
    organiser = holds_role_over_organisation(Role.ORGANISER, f"{t}.host_id")
    gate_staff = holds_role_over_organisation(Role.GATE_STAFF, f"{t}.host_id")
    was_on_sale = f"({t}.status <> 'DRAFT' AND ({t}.status <> 'CLOSED' OR {t}.announced = 1))"
    return f"({was_on_sale} OR {organiser} OR {gate_staff})"


def sees_part_of_offer(t: str) -> str:
    """SQL: `:viewer` may know of the offer_sessions or attractions row `t`."""
    return f"EXISTS (SELECT 1 FROM ticket_offers vo WHERE vo.id = {t}.offer_id AND {sees_offer('vo')})"


def sees_order(t: str) -> str:
    """SQL: `:viewer` may know of the ticket_orders row `t`."""
    return f"({t}.resident_id = :viewer OR {keeps_the_gate(f'{t}.offer_id')} OR {reads_the_book()})"


def sees_reservation(t: str) -> str:
    """SQL: `:viewer` may know of the reservations row `t`."""
    return sees_order(t)


def sees_ticket(t: str) -> str:
    """SQL: `:viewer` may know of the tickets row `t`."""
    return f"({t}.resident_id = :viewer OR {keeps_the_gate(f'{t}.offer_id')})"


def sees_admission(t: str) -> str:
    """SQL: `:viewer` may know of the admissions row `t`."""
    return f"EXISTS (SELECT 1 FROM tickets vk WHERE vk.id = {t}.ticket_id AND {sees_ticket('vk')})"
