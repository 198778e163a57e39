"""A description that gives a length gives the one that is enforced."""

from __future__ import annotations

import re

import pytest
from graphql import GraphQLInputObjectType

from domain import text
from domain.people import register_resident
from domain.redemption import scan
from schema.build import schema

LENGTHS = {
    "UpdateProfileInput.displayName": register_resident.NAME_LENGTH,
    "RedeemAtGateInput.gate": scan.GATE_LENGTH,
    "ScanInput.gate": scan.GATE_LENGTH,
    "ScanInput.scanId": scan.SCAN_ID_LENGTH,
    "UndoAdmissionInput.reason": text.NAME_LENGTH,
    "CancelActivityInput.reason": text.REASON_LENGTH,
    "VoidAttendanceInput.reason": text.REASON_LENGTH,
    "AdjustPointsInput.reason": text.TEXT_LENGTH,
    "CreateActivityInput.title": text.NAME_LENGTH,
    "CreateActivityInput.summary": text.TEXT_LENGTH,
    "CreateActivityInput.venue": text.NAME_LENGTH,
    "ShiftInput.name": text.NAME_LENGTH,
    "CreateTicketOfferInput.title": text.NAME_LENGTH,
    "CreateTicketOfferInput.summary": text.TEXT_LENGTH,
    "CreateTicketOfferInput.venue": text.NAME_LENGTH,
    "AttractionInput.name": text.NAME_LENGTH,
    "CreateProgrammeInput.name": text.NAME_LENGTH,
}


@pytest.mark.parametrize(("field", "length"), LENGTHS.items())
def test_the_length_is_said(field: str, length: int) -> None:
    type_name, _, name = field.partition(".")
    type_ = schema._schema.type_map[type_name]
    assert isinstance(type_, GraphQLInputObjectType)
    said = re.findall(r"1 to (\d+) characters", type_.fields[name].description or "")
    assert said == [str(length)]
