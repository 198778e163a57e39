"""Changing the key of phone numbers, from the command line."""

from __future__ import annotations

import secrets
from pathlib import Path

from api.clock import system_clock
from api.commands import DONE, opened_and_migrated
from api.secret import keys_of, make_secret, read_phone_key
from api.settings import Settings
from domain.people.change_phone_key import change_phone_key
from domain.people.check_keys import keys_fit
from domain.people.keys import HIGHEST_VERSION, current_keys, set_keys, with_phone_key
from storage import close_database, open_database, read

SECRET_BYTES = 32


async def change(settings: Settings) -> int:
    """All numbers are sealed with a new key, which is in the file; servers have to be started again. Raises BadSettings.

    The new key is on the disk before it is used, beside the file, and takes its place afterwards: whenever this is cut off, it is
    finished, or done anew, by running it again.
    """
    path = Path(settings.phone_key_file)
    waiting = path.with_name(path.name + ".new")
    if waiting.exists() and await is_in_use(settings, waiting):
        waiting.replace(path)
        print("The key was changed already; it is in its place now. Start the servers again.")
        return DONE
    waiting.unlink(missing_ok=True)
    async with opened_and_migrated(settings):
        secret, version = secrets.token_bytes(SECRET_BYTES), current_keys().phone_version + 1
        assert version <= HIGHEST_VERSION, "a key a year lasts for centuries"
        make_secret(waiting, f"{version} {secret.hex()}")
        changed = await change_phone_key(
            with_phone_key(current_keys(), version, secret), system_clock(), secrets.token_bytes
        )
        waiting.replace(path)
    print(f"{changed} phone numbers are sealed with key {version}, which is in {path}. Start the servers again.")
    return DONE


async def is_in_use(settings: Settings, waiting: Path) -> bool:
    """Whether the database was given over to the key that waits for its place."""
    set_keys(read_phone_key(keys_of(settings, secrets.token_bytes), waiting))
    await open_database(settings.database_url)
    try:
        return await read(keys_fit)
    finally:
        await close_database()
