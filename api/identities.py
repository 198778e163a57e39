"""Who of an identity provider's people is which resident: from the command line, as roles are."""

from __future__ import annotations

from api.clock import system_clock
from api.commands import DONE, NOT_AS_IT_SHOULD_BE, opened_and_migrated
from api.settings import BadSettings, Settings
from domain.people.find_resident import find_residents_by_phone
from domain.people.phone import parse_phone
from domain.people.staff_identities import Identity, link_identity, unlink_identity
from storage import Reader, read


def identity_of(settings: Settings, subject: str) -> Identity:
    """The provider's name for somebody. Raises BadSettings where there is no provider."""
    if settings.oidc_issuer is None:
        raise BadSettings(["XUEXI_OIDC_ISSUER is needed to say who somebody is there"])
    return Identity(settings.oidc_issuer, subject)


async def link(settings: Settings, phone: str, subject: str) -> int:
    """Whoever comes with the provider's token for `subject` is the owner of the phone. Raises Refusal, BadSettings."""
    identity, number = identity_of(settings, subject), parse_phone(phone)

    async def find(reader: Reader) -> int | None:
        return (await find_residents_by_phone(reader, [number])).get(number)

    async with opened_and_migrated(settings):
        resident_id = await read(find)
        if resident_id is None:
            print("Nobody with this number has signed in yet; grant-role --name registers them.")
            return NOT_AS_IT_SHOULD_BE
        await link_identity(identity, resident_id, system_clock())
    print(f"{subject} of {identity.issuer}: linked")
    return DONE


async def unlink(settings: Settings, subject: str) -> int:
    """The provider's tokens for `subject` are nobody's, from the next request on. Raises Refusal, BadSettings."""
    identity = identity_of(settings, subject)
    async with opened_and_migrated(settings):
        await unlink_identity(identity)
    print(f"{subject} of {identity.issuer}: unlinked")
    return DONE
