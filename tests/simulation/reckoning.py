"""The reckoning: what the database holds beside what the model says, and the audit."""

from __future__ import annotations

from typing import Any

from domain.audit import audit_everything
from storage import Reader, fetch, read
from storage.instants import to_micros
from tests.simulation.model import Model, tickets_of
from tests.simulation.town import PROGRAMMES, Town

Facts = dict[Any, Any]
POSTED = {"POSTED": "APPROVED"}  # what two decided on


async def differences(model: Model) -> list[str]:
    """Where the book, the tickets and the lists are not as the model says; nothing when all agree and the audit is clean."""
    found, expected = await read(lambda reader: facts_of(reader, model.town)), facts_by(model)
    wrong = [f"{what}: {text}" for what in expected for text in unlike(expected[what], found[what])]
    audited = await read(audit_everything)
    return wrong + [f"audit: {finding}" for finding in audited]


def unlike(expected: Facts, found: Facts) -> list[str]:
    names = sorted({*expected, *found}, key=str)
    return [
        f"{name}: {found.get(name)!r} instead of {expected.get(name)!r}"
        for name in names
        if expected.get(name) != found.get(name)
    ]


def facts_by(model: Model) -> dict[str, Facts]:
    """What the model says, with the ids that people were told."""
    heard, town = model.town.heard, model.town
    tickets = {ticket: order for name, order in model.orders.items() for ticket in tickets_of(name, order.quantity)}
    clashing = model.conflicts()
    return {
        "wallets": {(code, who): model.wallets[code, who] for code in PROGRAMMES for who in range(len(town.residents))},
        "held": {
            (code, who): model.wallets[code, who] - model.available(code, who)
            for code in PROGRAMMES
            for who in range(len(town.residents))
        },
        "statuses": {(code, who): model.status(code, who) for code in PROGRAMMES for who in range(len(town.residents))},
        "sums by kind": {key: (model.transfers[key], model.moved[key]) for key in model.transfers},
        "issued": {code: 0 if town.budgets[code] is None else model.issued[code] for code in PROGRAMMES},
        "orders": {
            heard[name]: (
                order.who,
                order.offer,
                order.quantity,
                order.points,
                "REFUNDED" if order.refunded else "PAID",
            )
            for name, order in model.orders.items()
        },
        "reservations": {
            heard[name]: (r.who, r.offer, r.quantity, r.points, r.status, heard[r.order] if r.order else None)
            for name, r in model.reservations.items()
        },
        "tickets": {
            town.tickets[ticket].id: (heard[order_name(ticket)], model.ticket_status(ticket)) for ticket in tickets
        },
        "left": {at: offer.session.stock - model.taken(at) for at, offer in enumerate(town.offers)},
        "attendances": {
            heard[name]: (given.who, given.shift, given.paid, given.voided) for name, given in model.attendances.items()
        },
        "awards": {
            heard[name]: [(line.code, line.rule and line.rule.version, line.would, line.points) for line in given.lines]
            for name, given in model.attendances.items()
            if given.lines
        },
        "rules": {
            heard[name]: (rule.programme, rule.code, rule.version, str(rule.begins), str(rule.ends))
            for name, rule in model.rules.items()
        },
        "corrections": {
            heard[f"proposal of {name}"]: (
                c.who,
                c.programme,
                c.amount,
                POSTED.get(c.status, c.status),
                bool(c.takes_back),
            )
            for name, c in model.corrections.items()
            if not c.alone
        },
        "admissions": {
            scan: (
                town.tickets[a.ticket].id,
                a.place,
                to_micros(a.scanned_at),
                a.undone,
                scan in clashing,
            )
            for scan, a in model.admissions.items()
        },
        "claims": {
            heard[name]: (claim.who, claim.figure, claim.previous, claim.status) for name, claim in model.claims.items()
        },
        "keys": {"kept": len(model.done)},
    }


def order_name(ticket: str) -> str:
    return ticket.partition("#")[0]


async def facts_of(reader: Reader, town: Town) -> dict[str, Facts]:
    """The same of the database."""
    who = {resident_id: number for number, resident_id in enumerate(town.residents)}
    offers = {offer.id: number for number, offer in enumerate(town.offers)}
    shifts = {shift.id: number for number, shift in enumerate(town.shifts)}
    return {
        "wallets": {
            (code, who[holder]): balance
            for code, holder, balance in await reader.fetch(
                "SELECT programme, holder_id, credits - debits FROM accounts WHERE kind = 'WALLET'"
            )
            if holder in who
        },
        "held": {
            (code, who[holder]): held
            for code, holder, held in await reader.fetch(
                "SELECT programme, holder_id, held FROM accounts WHERE held >= 0"
            )
            if holder in who
        },
        "statuses": {
            (code, who[holder]): status
            for code, holder, status in await reader.fetch("SELECT programme, holder_id, status FROM accounts")
            if holder in who
        },
        "sums by kind": {
            (code, kind): (count, total)
            for code, kind, count, total in await reader.fetch(
                "SELECT programme, kind, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM transfers GROUP BY programme, kind"
            )
        },
        "issued": {row[0]: row[1] for row in await reader.fetch("SELECT code, issued FROM programmes")},
        "orders": {
            id_: (who[resident], offers[offer], quantity, points, status)
            for id_, resident, offer, quantity, points, status in await reader.fetch(
                "SELECT id, resident_id, offer_id, quantity, points_spent, status FROM ticket_orders"
            )
        },
        "reservations": {
            id_: (who[resident], offers[offer], quantity, points, status, order)
            for id_, resident, offer, quantity, points, status, order in await reader.fetch(
                "SELECT id, resident_id, offer_id, quantity, points, status, order_id FROM reservations"
            )
        },
        "tickets": {row[0]: (row[1], row[2]) for row in await reader.fetch("SELECT id, order_id, status FROM tickets")},
        "left": {
            offers[row[0]]: row[1] for row in await reader.fetch("SELECT offer_id, remaining FROM offer_sessions")
        },
        "attendances": {
            id_: (who[resident], shifts[shift], points, voided is not None)
            for id_, resident, shift, points, voided in await reader.fetch(
                "SELECT id, resident_id, shift_id, points_earned, voided_at FROM attendances"
            )
        },
        "awards": await awards_of(reader),
        "rules": {
            id_: (code, rule, version, begins, str(ends))
            for id_, code, rule, version, begins, ends in await reader.fetch(
                """SELECT r.id, p.code, r.code, r.version, r.valid_from, r.valid_until
                    FROM earning_rules r JOIN programmes p ON p.id = r.programme_id"""
            )
        },
        "corrections": {
            id_: (who[resident], code, amount, decision, reverses is not None)
            for id_, resident, code, amount, decision, reverses in await reader.fetch(
                "SELECT id, resident_id, programme, amount, decision, reverses_id FROM adjustments"
            )
        },
        "claims": {
            id_: (who[resident], figure, previous, status)
            for id_, resident, figure, previous, status in await reader.fetch(
                "SELECT id, resident_id, figure, previous_figure, status FROM claims"
            )
        },
        "admissions": await admissions_of(reader, town),
        "keys": {"kept": await reader.fetch_value("SELECT COUNT(*) FROM idempotency_keys")},
    }


async def awards_of(reader: Reader) -> Facts:
    awards: Facts = {}
    sql = """SELECT w.attendance_id, r.code, r.version, w.would_have_given, w.points
        FROM awards w LEFT JOIN earning_rules r ON r.id = w.rule_id ORDER BY w.attendance_id, w.position"""
    for attendance_id, *line in await reader.fetch(sql):
        awards.setdefault(attendance_id, []).append(tuple(line))
    return awards


async def admissions_of(reader: Reader, town: Town) -> Facts:
    places = {row[0]: at for offer in town.offers for at, row in enumerate(offer.attractions, start=1)}
    named = {f"ticket-{ticket.id}": f"ticket {name}" for name, ticket in town.tickets.items()}
    offers = {offer.session_id: at for at, offer in enumerate(town.offers)}
    rows = await reader.fetch(
        "SELECT session_id, gate, scan_id, ticket_id, attraction_id, scanned_at, undone_at, conflict FROM admissions"
    )
    return {
        f"{offers[session]} {gate} {named.get(scan, scan)}": (
            ticket,
            places.get(place, 0),
            scanned_at,
            undone is not None,
            bool(conflict),
        )
        for session, gate, scan, ticket, place, scanned_at, undone, conflict in rows
    }


async def heard_tickets(order_id: int) -> list[tuple[int, str, int, int, int]]:
    """An order's tickets as its owner sees them: id, serial, session, from when, until when."""
    rows = await fetch(
        """SELECT k.id, k.serial, k.session_id, s.starts_at, s.ends_at
           FROM tickets k JOIN offer_sessions s ON s.id = k.session_id WHERE k.order_id = ? ORDER BY k.id""",
        order_id,
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
