"""Whose name stands beside the house's on a customer's papers: a partner's, never instead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Brand:
    """A partner as its customers know it."""

    name: str
    phone: str = ""
    """As it is dialled at home."""
    logo: str = ""
    """A PNG as a `data:` address, or nothing."""


Find = Callable[[int, date], Brand | None]


def _nobody(_customer_id: int, _on: date) -> Brand | None:
    return None


_find: list[Find] = [_nobody, _nobody]


def register(find: Find, holder: Find) -> None:
    """Let the app that knows partners say whose brand a customer's papers of a day carry.

    `holder`: which partner has the customer that day, whether or not it shows its brand.
    """
    _find[:] = [find, holder]


def of(customer_id: int, on: date) -> Brand | None:
    """Return the partner of a customer on a company date, if it shows its brand."""
    return _find[0](customer_id, on)


def holder(customer_id: int, on: date) -> Brand | None:
    """Return the partner who has a customer on a company date, as papers may name it."""
    return _find[1](customer_id, on)
