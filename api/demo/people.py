"""Invented people: residents, and staff of every role. Their names say that they are examples, their phones are nobody's."""

from __future__ import annotations

from dataclasses import dataclass

from api.demo.places import DISTRICT, HIGH_TECH_ZONE, demo_areas
from domain.people.rights import Role
from domain.places.kinds import AreaLevel

FIRST_PHONE = 13_800_000_000
RESIDENTS = 200
STAFF_OF_A_KIND = 5  # several, since a phone gets one code a minute and many may try the demo at once


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person; `area` is the code of where they live, or of what their role reaches over."""

    name: str
    phone: str
    area: str
    role: Role | None = None


def phone_of(number: int) -> str:
    """The phone of a demo person: residents are 1 to 200, staff follow."""
    return str(FIRST_PHONE + number)


def demo_residents() -> list[DemoPerson]:
    """示例居民001 to 示例居民200, spread over communities and villages."""
    homes = [area.code for area in demo_areas() if area.level in (AreaLevel.COMMUNITY, AreaLevel.VILLAGE)]
    return [
        DemoPerson(f"示例居民{number:03}", phone_of(number), homes[number % len(homes)])
        for number in range(1, RESIDENTS + 1)
    ]


@dataclass(frozen=True, slots=True)
class StaffKind:
    """Staff of one kind, with neighbouring phones."""

    name: str
    first: int
    role: Role
    area: str

    @property
    def phones(self) -> list[str]:
        return [phone_of(self.first + number) for number in range(STAFF_OF_A_KIND)]


STAFF = (
    StaffKind("示例组织者", 201, Role.ORGANISER, DISTRICT),
    StaffKind("示例检票员", 211, Role.GATE_STAFF, DISTRICT),
    StaffKind("示例审计员", 221, Role.AUDITOR, DISTRICT),
    StaffKind("示例管理员", 231, Role.ADMIN, DISTRICT),
    StaffKind("示例高新区组织者", 241, Role.ORGANISER, HIGH_TECH_ZONE),
)
ORGANISERS, GATE_STAFF, AUDITORS, ADMINISTRATORS, HIGH_TECH_ORGANISERS = STAFF


def demo_staff() -> list[DemoPerson]:
    """Organisers, gate staff, auditors and administrators of Rencheng, and organisers of the High-tech Zone."""
    return [
        DemoPerson(f"{kind.name}{number}", phone, kind.area, kind.role)
        for kind in STAFF
        for number, phone in enumerate(kind.phones, start=1)
    ]
