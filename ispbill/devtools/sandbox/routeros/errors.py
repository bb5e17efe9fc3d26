"""Refusals of a router, as it words them."""


class Trap(Exception):
    """A command failed. `category` as in the API manual, or None where RouterOS sends none.

    `also` is a second `!trap` of the same reply, which some versions send.
    """

    def __init__(self, message: str, category: int | None = None, also: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.also = also


MISSING_ITEM = 0
BAD_VALUE = 1
INTERRUPTED = 2
