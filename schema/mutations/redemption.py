"""Offers, orders and their refunds."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.redemption.offer_status import close_ticket_offer, pause_ticket_offer, publish_ticket_offer
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.refund_order import RefundOrderWish, refund_order
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.redemption import (
    CreateTicketOfferInput,
    RedeemAtGateInput,
    RedeemTicketsInput,
    RefundOrderInput,
    TicketOfferIdInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.redemption import TicketOffer, TicketOrder


@strawberry.type(description="An offer after a change.")
class TicketOfferPayload:
    """The offer as it is now."""

    offer: TicketOffer | None = strawberry.field(default=None, description="The offer as it is now.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="An order after it was made or refunded.")
class TicketOrderPayload:
    """The order as it is now."""

    order: TicketOrder | None = strawberry.field(default=None, description="The order as it is now, with its tickets.")
    errors: list[UserError] = no_errors()


def offer_wish(wanted: CreateTicketOfferInput) -> CreateTicketOfferWish:
    return CreateTicketOfferWish(
        title=wanted.title,
        summary=wanted.summary,
        host_id=require_id(wanted.host_id, "Organisation", "hostId"),
        venue=wanted.venue,
        programme=wanted.programme,
        cost=wanted.cost,
        minimum_balance=wanted.minimum_balance,
        limit_per_resident=wanted.limit_per_resident,
        sales_open_at=wanted.sales_open_at,
        sales_close_at=wanted.sales_close_at,
        refundable_until=wanted.refundable_until,
        sessions=tuple(SessionWish(starts_at=s.starts_at, ends_at=s.ends_at, stock=s.stock) for s in wanted.sessions),
        attractions=tuple(AttractionWish(name=a.name, entries=a.entries) for a in wanted.attractions),
        publish=wanted.publish,
    )


@strawberry.type
class RedemptionMutations:
    """The room redemption, but for the gate."""

    @mutation(
        "Organisers of the host: a new offer with its sessions and attractions. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "NOT_FOUND, FORBIDDEN.",
        TicketOfferPayload,
    )
    async def create_ticket_offer(
        self, info: Info, wanted: Annotated[CreateTicketOfferInput, INPUT]
    ) -> TicketOfferPayload:
        offer_id = await create_ticket_offer(info.context.caller, offer_wish(wanted), info.context.now)
        return TicketOfferPayload(offer=reference(TicketOffer, offer_id))

    @mutation(
        "Organisers of the host: put an offer on sale, a draft or one that was paused. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT.",
        TicketOfferPayload,
    )
    async def publish_ticket_offer(
        self, info: Info, wanted: Annotated[TicketOfferIdInput, INPUT]
    ) -> TicketOfferPayload:
        offer_id = require_id(wanted.offer_id, "TicketOffer", "offerId")
        return TicketOfferPayload(
            offer=reference(TicketOffer, await publish_ticket_offer(info.context.caller, offer_id))
        )

    @mutation(
        "Organisers of the host: stop redeeming for the time being; tickets stay good. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT.",
        TicketOfferPayload,
    )
    async def pause_ticket_offer(self, info: Info, wanted: Annotated[TicketOfferIdInput, INPUT]) -> TicketOfferPayload:
        offer_id = require_id(wanted.offer_id, "TicketOffer", "offerId")
        return TicketOfferPayload(offer=reference(TicketOffer, await pause_ticket_offer(info.context.caller, offer_id)))

    @mutation(
        "Organisers of the host: stop redeeming for good; tickets stay good. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "NOT_FOUND, FORBIDDEN, CONFLICT.",
        TicketOfferPayload,
    )
    async def close_ticket_offer(self, info: Info, wanted: Annotated[TicketOfferIdInput, INPUT]) -> TicketOfferPayload:
        offer_id = require_id(wanted.offer_id, "TicketOffer", "offerId")
        return TicketOfferPayload(offer=reference(TicketOffer, await close_ticket_offer(info.context.caller, offer_id)))

    @mutation(
        "Tickets for the caller's points, all or nothing, once for a key. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, NOT_FOUND, NOT_OPEN, LIMIT_PER_RESIDENT, SOLD_OUT, ACCOUNT_NOT_OPEN, BELOW_MINIMUM_BALANCE, "
        "INSUFFICIENT_POINTS.",
        TicketOrderPayload,
    )
    async def redeem_tickets(self, info: Info, wanted: Annotated[RedeemTicketsInput, INPUT]) -> TicketOrderPayload:
        wish = RedeemTicketsWish(
            session_id=require_id(wanted.session_id, "OfferSession", "sessionId"),
            quantity=wanted.quantity,
            idempotency_key=wanted.idempotency_key,
        )
        order_id = await redeem_tickets(info.context.caller, wish, info.context.now)
        return TicketOrderPayload(order=reference(TicketOrder, order_id))

    @mutation(
        "Gate staff, for a resident who stands in front of them and shows their member code. Errors: as redeemTickets, "
        "and FORBIDDEN, CODE_EXPIRED, TICKET_NOT_YET_VALID.",
        TicketOrderPayload,
    )
    async def redeem_at_gate(self, info: Info, wanted: Annotated[RedeemAtGateInput, INPUT]) -> TicketOrderPayload:
        wish = RedeemAtGateWish(
            member_code=wanted.member_code,
            session_id=require_id(wanted.session_id, "OfferSession", "sessionId"),
            quantity=wanted.quantity,
            gate=wanted.gate,
            admit=wanted.admit,
            idempotency_key=wanted.idempotency_key,
        )
        order_id = await redeem_at_gate(info.context.caller, wish, info.context.now)
        return TicketOrderPayload(order=reference(TicketOrder, order_id))

    @mutation(
        "The owner, or gate staff of the host: points and places go back, tickets become void. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, ALREADY_REVERSED, NOT_OPEN, "
        "TICKET_ALREADY_ADMITTED.",
        TicketOrderPayload,
    )
    async def refund_order(self, info: Info, wanted: Annotated[RefundOrderInput, INPUT]) -> TicketOrderPayload:
        wish = RefundOrderWish(
            order_id=require_id(wanted.order_id, "TicketOrder", "orderId"),
            idempotency_key=wanted.idempotency_key,
        )
        order_id = await refund_order(info.context.caller, wish, info.context.now)
        return TicketOrderPayload(order=reference(TicketOrder, order_id))
