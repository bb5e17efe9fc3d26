"""Who of those at high risk is left alone, so that what calling brings can be measured."""

from hashlib import sha256

_PARTS = 10_000


def is_held_out(*, salt: str, customer_id: int, number: int, percent: int) -> bool:
    """Tell whether a customer's episode `number` falls into the share left alone (a percentage).

    The same salt, customer and number always draw the same.
    """
    drawn = sha256(f"{salt}:{customer_id}:{number}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % _PARTS < percent * _PARTS // 100
