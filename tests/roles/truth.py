"""What is in the world, as those tell it who see it; and what somebody else must get of it, by the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from domain.people.phone import mask_phone, national_phone
from tests.roles.people import Who
from tests.roles.seen import FIELDS, SEEN, Cell, Gets
from tests.roles.selecting import ALL, NOT_ON_THE_WAY, is_list, leads_to

Ref = dict[str, str]
Row = dict[str, Any]

#: From a row to the resident to whom it belongs; of several, whichever leads to one.
OWNERS = {
    "Resident": ("",),
    "SignUp": ("resident",),
    "Attendance": ("resident",),
    "Claim": ("resident",),
    "Reservation": ("resident",),
    "TicketOrder": ("resident",),
    "Ticket": ("order.resident",),
    "Admission": ("ticket.order.resident",),
    "Account": ("holder",),
    "AccountChange": ("wallet.account.holder",),
    "Wallet": ("account.holder",),
    "ResidentMerge": ("kept",),
    "Transfer": ("debit.holder", "credit.holder"),
    "Entry": ("transfer.debit.holder", "transfer.credit.holder"),
}
#: What lists hold that is no row.
NO_ROWS = ("ExpiringPoints", "ClaimDoubt", "ScoreBand", "Award", "ActivityKind")


def is_ref(value: object) -> bool:
    """Whether a value is another row."""
    return isinstance(value, dict) and value.keys() == {"__typename", "id"}


def refs_in(value: object) -> Iterator[Ref]:
    """The rows that a field leads to."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and is_ref(one):
            yield one


@dataclass
class Truth:
    """Rows by their ids. Lists and pages hold all rows, whoever sees them."""

    rows: dict[str, Row] = field(default_factory=dict)
    #: the ids of residents, by role
    people: dict[Who, str] = field(default_factory=dict)
    #: in E.164, by the resident's id
    phones: dict[str, str] = field(default_factory=dict)
    took_part: set[str] = field(default_factory=set)
    #: types and ids of rows that others lead to; those that were told are taken out now and then
    led_to: set[tuple[str, str]] = field(default_factory=set)
    unpublished: set[str] = field(default_factory=set)

    def note(self, row: Row) -> Ref:
        """Take in a row as it was told; pages become lists."""
        told = {name: value["nodes"] if is_page(value) else value for name, value in row.items()}
        if told["__typename"] == "Resident":
            told["phone"] = self.phones.get(told["id"])
        self.rows[told["id"]] = told
        self.led_to |= {(ref["__typename"], ref["id"]) for value in told.values() for ref in refs_in(value)}
        return {"__typename": told["__typename"], "id": told["id"]}

    def unknown(self) -> set[tuple[str, str]]:
        """The types and ids of rows that are led to and were not told yet."""
        self.led_to = {(type_name, id_) for type_name, id_ in self.led_to if id_ not in self.rows}
        return self.led_to

    def of_type(self, type_name: str) -> list[Ref]:
        """All rows of a type."""
        return [
            {"__typename": type_name, "id": id_} for id_, row in self.rows.items() if row["__typename"] == type_name
        ]

    def follow(self, row: Row, path: str) -> Row | None:
        """The row at the end of a path."""
        for name in filter(None, path.split(".")):
            if row[name] is None:
                return None
            row = self.rows[row[name]["id"]]
        return row

    def owns(self, who: Who, row: Row) -> bool:
        """Whether the row belongs to somebody."""
        found = (self.follow(row, path) for path in OWNERS.get(row["__typename"], ()))
        owners = {owner["id"] for owner in found if owner}
        return who in self.people and owners == {self.people[who]}

    def sees(self, who: Who, ref: Ref) -> bool:
        """Whether somebody meets the row by its id, in lists and in pages."""
        rule, row = SEEN[ref["__typename"]], self.rows[ref["id"]]
        if ref["id"] in self.unpublished:
            return who in rule.unpublished
        if rule.by_cause and row["source"] and self.sees(who, row["source"]):
            return True
        if ref["id"] in self.took_part and who in rule.took_part:
            return True
        return who in rule.by or (rule.owner and self.owns(who, row))

    def meets(self, who: Who, ref: Ref, steps: int, without: frozenset[str] = ALL) -> Any:
        """What somebody who meets a row gets of it, and of what it leads to: the answer to selection()."""
        if steps < 0:
            return ref
        row, type_name = self.rows[ref["id"]], ref["__typename"]
        return {"__typename": type_name} | {
            name: self.gets(who, row, name, cell, steps)
            for name, cell in FIELDS[type_name].cells.items()
            if f"{type_name}.{name}" not in without
        }

    def finds(self, who: Who, ref: Ref, steps: int) -> Any:
        """What somebody gets who asks for a row by its id."""
        return self.meets(who, ref, steps) if self.sees(who, ref) else None

    def gets(self, who: Who, row: Row, name: str, cell: Cell, steps: int) -> Any:
        """A cell of the table."""
        if who in cell.all_for or (cell.owner and self.owns(who, row)):
            return self.all_of(who, row, name, steps)
        match cell.else_:
            case Gets.ALL:
                return self.all_of(who, row, name, steps)
            case Gets.NULL:
                return None
            case Gets.EMPTY:
                return page([])
            case Gets.MASKED:
                return row[name] and mask_phone(row[name])
            case Gets.OWN_PART:
                return self.own_part(who, row, name)
            case Gets.ABOUT_THEMSELVES:
                return partial(is_about, who)

    def all_of(self, who: Who, row: Row, name: str, steps: int) -> Any:
        """All of a field: of lists and pages the rows that the viewer meets there."""
        value, type_name = row[name], row["__typename"]
        if name == "phone":
            return value and national_phone(value)
        if is_ref(value):
            return self.meets(who, value, steps - 1, NOT_ON_THE_WAY)
        if not isinstance(value, list) or leads_to(type_name, name).name in NO_ROWS:
            return value
        met = [self.meets(who, ref, steps - 1, NOT_ON_THE_WAY) for ref in value if self.sees(who, ref)]
        return met if is_list(type_name, name) else page(met)

    def own_part(self, who: Who, account: Row, name: str) -> int:
        """What a viewer's own points moved in an account."""
        moved = [t for t in self.rows.values() if t["__typename"] == "Transfer" and self.owns(who, t)]
        debits = sum(t["amount"] for t in moved if t["debit"]["id"] == account["id"])
        credits_ = sum(t["amount"] for t in moved if t["credit"]["id"] == account["id"])
        sums: dict[str, int] = {"debits": debits, "credits": credits_, "balance": credits_ - debits}
        return sums[name]


def is_page(value: object) -> bool:
    return isinstance(value, dict) and "totalCount" in value


def page(met: Iterable[Any]) -> dict[str, Any]:
    """A page that holds all there is for the viewer."""
    nodes = list(met)
    edges = [{"node": {"__typename": node["__typename"], "id": node["id"]}} for node in nodes]
    return {"nodes": nodes, "edges": edges, "pageInfo": {"hasNextPage": False}, "totalCount": len(nodes)}


def is_about(who: Who, eligibility: Any) -> bool:
    """Whether an Eligibility says if somebody has to sign in, and nothing of any role."""
    codes = [reason["code"] for reason in eligibility["reasons"]]
    tells_nobody = ("UNAUTHENTICATED" in codes) == (who is Who.NOBODY)
    return tells_nobody and "FORBIDDEN" not in codes and eligibility["eligible"] == (not codes)
