"""Areas and organisations. Everyone may see them."""

from __future__ import annotations

from domain.places import models
from schema.enums import AreaLevel, OrganisationKind
from schema.reads.declare import Node, column, connection, row_type, to_many, to_one
from schema.reads.paging import Connection
from schema.reads.sources import Link


@row_type(models.Area)
class Area(Node):
    """A place: a district, and whatever lies in it down to a grid."""

    code: str = column("Statistical division code or the district's own, unique.")
    name: str = column("What people call it, such as '津浦街社区'.")
    level: AreaLevel = column("How large it is.")
    parent: Area | None = to_one(
        "The area it lies in; null for a district. Rights follow who manages it, which may be another area."
    )
    children: list[Area] = to_many("The areas that lie directly in it, by code.", "parent_id", order="code")
    path: list[Area] = to_many(
        "From the district down to this area.",
        via=Link(models.AreaWithin, here="area_id", there="ancestor_id"),
        order="{link}.distance DESC",
    )
    organisations: Connection[Organisation] = connection(
        "The organisations that sit in it, or in an area that lies in it, by name: where a form chooses a host.",
        via=Link(models.AreaWithin, here="ancestor_id", there="area_id", meets="area_id"),
        order="name",
    )


@row_type(models.Organisation)
class Organisation(Node):
    """A body that hosts activities and offers: a committee, a station, a hospital, a company."""

    name: str = column("Its full name.")
    kind: OrganisationKind = column("What it is.")
    area: Area = to_one("Where it sits. Roles over this area, or over one that manages it, reach the organisation.")
