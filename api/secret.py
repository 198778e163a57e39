"""The installation's master secret: given by the operator, or made once and kept in a file of its owner's only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from api.settings import SHORTEST_SECRET, BadSettings, Settings
from domain.people.check_keys import keys_fit
from domain.people.keys import Keys, derive_keys, with_phone_key
from storage import read


def master_secret(settings: Settings, random_bytes: Callable[[int], bytes]) -> bytes:
    """At least 32 bytes. In development a missing file is made, with mode 0600. Raises BadSettings."""
    if settings.secret is not None:
        return settings.secret.encode()
    path = Path(settings.secret_file)
    if settings.development and not path.exists():
        make_secret(path, random_bytes(SHORTEST_SECRET).hex())
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise BadSettings([f"XUEXI_SECRET_FILE={settings.secret_file!r} cannot be read: {error.strerror}"]) from error
    if len(secret) < SHORTEST_SECRET:
        raise BadSettings([f"XUEXI_SECRET_FILE={settings.secret_file!r} holds fewer than {SHORTEST_SECRET} bytes"])
    return secret


def keys_of(settings: Settings, random_bytes: Callable[[int], bytes]) -> Keys:
    """All keys: from the master secret, and that of phone numbers from its own file where it was changed. Raises BadSettings."""
    keys = derive_keys(master_secret(settings, random_bytes))
    path = Path(settings.phone_key_file)
    return read_phone_key(keys, path) if path.exists() else keys


def read_phone_key(keys: Keys, path: Path) -> Keys:
    """The keys with the phone key of a file: its version and its secret in hex. Raises BadSettings."""
    try:
        version, secret = path.read_text("ascii").split()
        return with_phone_key(keys, int(version), bytes.fromhex(secret))
    except OSError as error:
        raise BadSettings([f"XUEXI_PHONE_KEY_FILE={str(path)!r} cannot be read: {error.strerror}"]) from error
    except ValueError as error:
        raise BadSettings([f"XUEXI_PHONE_KEY_FILE={str(path)!r} holds no version and secret"]) from error


async def check_secret() -> None:
    """The open database was filled under this secret. Raises BadSettings."""
    if not await read(keys_fit):
        problem = (
            "the secret (XUEXI_SECRET, XUEXI_SECRET_FILE) or phone key (XUEXI_PHONE_KEY_FILE) is not the one this database was "
            "filled with; where `change-phone-key` was cut off, run it again"
        )
        raise BadSettings([problem])


def make_secret(path: Path, text: str) -> None:
    """The file is there and whole, also when two processes start at once: the first one's secret stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # made with mode 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)
        except FileExistsError:
            return
        finally:
            Path(temporary).unlink()
    except OSError as error:
        raise BadSettings([f"XUEXI_SECRET_FILE={str(path)!r} cannot be made: {error.strerror}"]) from error
