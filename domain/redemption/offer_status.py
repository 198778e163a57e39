"""Putting an offer on sale, pausing it, closing it for good. Asking for the state it is in changes nothing."""

from __future__ import annotations

from domain.people.caller import Caller
from domain.people.rights import Role, require_role_over_organisation
from domain.redemption.locks import row_lock
from domain.redemption.states import OfferStatus
from domain.redemption.visibility import sees_offer
from domain.refusals import Conflict, NotFound
from domain.viewer_sql import for_viewer
from storage import Transaction, write

OFFER = ("offerId",)

# From which states each state can be reached.
REACHED_FROM = {
    OfferStatus.ON_SALE: (OfferStatus.DRAFT, OfferStatus.PAUSED),
    OfferStatus.PAUSED: (OfferStatus.ON_SALE,),
    OfferStatus.CLOSED: (OfferStatus.DRAFT, OfferStatus.ON_SALE, OfferStatus.PAUSED),
}


# Once announced, it stays so.
BRING = "UPDATE ticket_offers SET status = ?, announced = announced | ? WHERE id = ?"


async def publish_ticket_offer(caller: Caller, offer_id: int) -> int:
    """The draft or paused offer is on sale; its id.

    Raises Unauthenticated, NotFound, Forbidden, Conflict when it is closed.
    """
    return await bring_to(OfferStatus.ON_SALE, caller, offer_id)


async def pause_ticket_offer(caller: Caller, offer_id: int) -> int:
    """Nobody can redeem until the offer is published again; its id. Tickets that were taken stay good.

    Raises Unauthenticated, NotFound, Forbidden, Conflict when it is not on sale.
    """
    return await bring_to(OfferStatus.PAUSED, caller, offer_id)


async def close_ticket_offer(caller: Caller, offer_id: int) -> int:
    """Nobody can redeem any more; its id. Tickets that were taken stay good. Raises Unauthenticated, NotFound, Forbidden."""
    return await bring_to(OfferStatus.CLOSED, caller, offer_id)


async def bring_to(status: OfferStatus, caller: Caller, offer_id: int) -> int:
    caller.signed_in()

    async def body(tx: Transaction) -> int:
        present = await hold_offer(tx, caller, offer_id)
        if present is status:
            return offer_id
        if present not in REACHED_FROM[status]:
            raise Conflict(reason="offer_closed" if present is OfferStatus.CLOSED else "offer_not_on_sale", path=OFFER)
        announced = int(status == OfferStatus.ON_SALE)
        await tx.execute(BRING, status.value, announced, offer_id)
        return offer_id

    return await write(body)


SELECT = f"""SELECT f.status, f.host_id, CASE WHEN {sees_offer("f")} THEN 1 ELSE 0 END
    FROM ticket_offers f WHERE f.id = ?"""


async def hold_offer(tx: Transaction, organiser: Caller, offer_id: int) -> OfferStatus:
    """The offer's status, which nobody changes until the end of this transaction. Raises NotFound, Forbidden."""
    sql, viewers = for_viewer(SELECT, organiser.signed_in())
    row = await tx.fetch_one(f"{sql} {row_lock(tx.dialect, 'f')}", *viewers, offer_id)
    if row is None or not row[2]:
        raise NotFound(path=OFFER)
    await require_role_over_organisation(tx, organiser, Role.ORGANISER, row[1])
    return OfferStatus(row[0])
