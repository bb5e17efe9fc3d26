"""The reseller's share of payments that no trigger has followed: history written in bulk.

A payment that is settled, reversed or paid out again brings its share with it, in the database
(`resellers/guards`, docs/adr/0027-partners.md): `earn_commissions` and
`take_back_commissions` are one statement each for however many payments, and writing twice is
writing once.
"""

from collections.abc import Sequence

from django.db import connection


def earn(*, payment_ids: Sequence[int]) -> int:
    """Give resellers their share of these completed payments; return how many were written.

    Belongs in a transaction with a trail. Those that earn nothing, or have their commission
    already, are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT earn_commissions(%s)", [list(payment_ids)])
        return int(cursor.fetchone()[0])
