"""The root of all mutations."""

from __future__ import annotations

import strawberry

from schema.mutations.alarms import AlarmMutations
from schema.mutations.approval import ApprovalMutations
from schema.mutations.attendance import AttendanceMutations
from schema.mutations.claims import ClaimsMutations
from schema.mutations.earning import EarningMutations
from schema.mutations.gate import GateMutations
from schema.mutations.merging import MergingMutations
from schema.mutations.people import PeopleMutations
from schema.mutations.points import PointsMutations
from schema.mutations.privacy import PrivacyMutations
from schema.mutations.programmes import ProgrammeMutations
from schema.mutations.redemption import RedemptionMutations
from schema.mutations.reservations import ReservationMutations
from schema.mutations.submitting import SubmittingMutations
from schema.mutations.volunteering import VolunteeringMutations
from schema.mutations.wallets import WalletMutations


@strawberry.type(
    description="What can be done. Each answers with a payload whose `errors` is empty on success; what could not be done "
    "changed nothing. Whatever takes member codes or scans may also answer RATE_LIMITED."
)
class Mutation(
    PeopleMutations,
    VolunteeringMutations,
    AttendanceMutations,
    ApprovalMutations,
    AlarmMutations,
    RedemptionMutations,
    ReservationMutations,
    GateMutations,
    PointsMutations,
    ProgrammeMutations,
    ClaimsMutations,
    EarningMutations,
    WalletMutations,
    MergingMutations,
    SubmittingMutations,
    PrivacyMutations,
):
    """All rooms together."""
