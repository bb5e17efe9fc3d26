"""How much a comparison may mend by itself before a person is asked."""

MOST_SHARE = 20  # percent of the router's lines
MOST_LINES = 50


def may_close_alone(closing: int, *, lines: int) -> bool:
    """Tell whether so many lines may be switched off or removed without a person.

    More than 50, or more than a fifth of the router, is more likely a mistake of ours.
    """
    return closing <= MOST_LINES and closing * 100 <= lines * MOST_SHARE
