"""Our own name for a message at its provider."""

import re
from hashlib import blake2b

from ispbill.notifications.models import Message

_NAME = re.compile(r"m([0-9]{1,18})-[0-9a-f]{10}")


def client_id(message: Message) -> str:
    """Return our name for a message at the provider: the same for all attempts, new for a copy."""
    born = f"{message.dedup_key}@{message.created_at.isoformat()}"
    return f"m{message.pk}-{blake2b(born.encode(), digest_size=5).hexdigest()}"


def number_in(name: str) -> int | None:
    """Return the number in what may be such a name; whether it is one, only the row can tell."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
