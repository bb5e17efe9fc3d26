"""Note that somebody has read an account's messages in the portal."""

from datetime import datetime

from ispbill.core import statements

_NOTE = """
INSERT INTO notifications_portalreading (customer_id, read_until, read_at) VALUES (%s, %s, %s)
ON CONFLICT (customer_id) DO UPDATE SET read_until = excluded.read_until, read_at = excluded.read_at
WHERE notifications_portalreading.read_until < excluded.read_until
"""


def mark(*, customer_id: int, until: int, at: datetime) -> bool:
    """Note up to which number an account's messages are read, never back; tell whether it moved."""
    return bool(statements.run(_NOTE, [customer_id, until, at]))
