"""What must be equal in a database and in its copy, as one number.

Facts read `name=value`: rows of each table, the sum of each ledger account, the last number of each
series, the last seal of books and audit trail. Source: operations-rules 2.
"""

import hashlib
from collections.abc import Mapping

Facts = Mapping[str, str]


def digest(facts: Facts) -> str:
    """Return SHA-256, in hex, of the facts sorted bytewise, a line each."""
    lines = sorted(f"{name}={value}\n".encode() for name, value in facts.items())
    return hashlib.sha256(b"".join(lines)).hexdigest()


def differences(*, expected: Facts, found: Facts) -> list[str]:
    """Say, a line each, what is not as it was: `table.x: 9, now 8`."""
    names = sorted(expected.keys() | found.keys())
    return [
        f"{name}: {expected.get(name, 'none')}, now {found.get(name, 'none')}"
        for name in names
        if expected.get(name) != found.get(name)
    ]
