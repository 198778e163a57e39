"""Checks a wallet's statement against published seals, without trusting the server that made it, and without its code.

    python docs/verify_statement.py STATEMENT.json SEALS

SEALS is what https://SERVER/.well-known/seals.json answers: a file that you trust, or that address. Needs `cryptography`.
Of each entry a statement has the `record` that was sealed (the transfer and both its entries), the `memo` with its `memoSalt`,
and where it is sealed: the number of the `seal`, the `index` of its leaf, the `proof`.
"""

import hashlib
import hmac
import json
import sys
import urllib.parse
import urllib.request
from base64 import urlsafe_b64decode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def load_seals(source):
    """The seals and the keys that a file holds, or an address and the pages that follow it."""
    seals, keys, following = [], [], source
    while following:
        is_address = following.startswith(("http://", "https://"))
        text = urllib.request.urlopen(following, timeout=30).read() if is_address else Path(following).read_bytes()
        page = json.loads(text)
        seals, keys = seals + page["seals"], keys or page["keys"]
        following = urllib.parse.urljoin(following, page["next"]) if is_address and page.get("next") else None
    return seals, keys


def check_seals(published, keys):
    """Every seal is signed by a published key and names the one before. The headers by their numbers."""
    public = {key["kid"]: Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"] + "==")) for key in keys}
    headers, number, previous_hash = {}, None, None
    for seal in published:
        header, text = json.loads(seal["header"]), seal["header"].encode()
        check(number in (None, header["number"] - 1), f"after seal {number} comes seal {header['number']}")
        number = header["number"]
        check(header["kid"] in public, f"seal {number}: its key {header['kid']} is not published")
        try:
            public[header["kid"]].verify(bytes.fromhex(seal["signature"]), text)
        except (InvalidSignature, ValueError):
            raise AssertionError(f"seal {number}: the signature is not genuine") from None
        check(previous_hash in (None, header["previous_hash"]), f"seal {number} does not name the seal before it")
        headers[number], previous_hash = header, hashlib.sha256(text).hexdigest()
    return headers


def root_of(leaf, index, size, proof):
    """The root to which a proof leads (RFC 9162, section 2.1.3.2)."""
    found, last, steps = leaf, size - 1, [bytes.fromhex(step) for step in proof]
    while last:
        if index & 1 or index < last:
            check(steps, "the proof is too short")
            beside = steps.pop(0)
            found = hashlib.sha256(b"\1" + (beside + found if index & 1 else found + beside)).digest()
        index, last = index >> 1, last >> 1
    check(not steps, "the proof is too long")
    return found


def check_entry(entry, account, headers):
    """The entry of the account, whose record is genuine as far as it is sealed."""
    transfer, entries = (json.loads(entry["record"])[part] for part in ("transfer", "entries"))
    own = [one for one in entries if str(one["account_id"]) == account]
    check((len(entries), len(own)) == (2, 1), "the record is not one of this account's")
    check(sum(one["amount"] for one in entries) == 0, "what left one account did not come to the other")
    check(all(one["transfer_id"] == transfer["id"] for one in entries), "an entry is another transfer's")
    memo = hmac.new(bytes.fromhex(entry["memoSalt"]), entry["memo"].encode(), hashlib.sha256).hexdigest()
    check(memo == transfer["memo_hash"], "the memo is not the one that was recorded")
    if entry["seal"] is not None:
        check(entry["seal"] in headers, f"seal {entry['seal']} is not among the published ones")
        header = headers[entry["seal"]]
        check(0 <= entry["index"] < header["transfer_count"], "the seal has no such leaf")
        leaf = hashlib.sha256(b"\0" + entry["record"].encode()).digest()
        root = root_of(leaf, entry["index"], header["transfer_count"], entry["proof"])
        check(root.hex() == header["root"], f"the record is not what seal {entry['seal']} was made over")
    return own[0]


def check_statement(statement, headers):
    """Positions without holes, and balances that add up. Which entries are sealed, and the last balance."""
    for seal in statement["seals"]:
        check(headers.get(seal["number"]) == json.loads(seal["header"]), f"seal {seal['number']} is not as published")
    position, balance = statement["firstPosition"], 0 if statement["firstPosition"] == 1 else None
    for entry in statement["entries"]:
        try:
            own = check_entry(entry, statement["account"], headers)
            check(own["position"] == position, f"it is missing, and the next is {own['position']}")
            before = own["balance_after"] - own["amount"]
            check(balance in (None, before), f"the balance was {balance} and then is said to have been {before}")
        except AssertionError as wrong:
            raise AssertionError(f"entry at position {position}: {wrong}") from None
        position, balance = position + 1, own["balance_after"]
    return [entry["seal"] is not None for entry in statement["entries"]], balance


def main(statement_file, seals):
    try:
        statement = json.loads(Path(statement_file).read_bytes())
        sealed, balance = check_statement(statement, check_seals(*load_seals(seals)))
    except AssertionError as wrong:
        sys.exit(f"WRONG: {wrong}")
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        sys.exit(f"WRONG: this cannot be read as a statement or as seals ({type(error).__name__}: {error})")
    verdict = "GENUINE" if any(sealed) else "NOTHING PROVED YET"
    print(f"{verdict}: {sum(sealed)} entries are sealed, {sealed.count(False)} not yet. The balance is {balance}.")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)
