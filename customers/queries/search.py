"""Finding customers by whatever the caller says."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from customers.models import Customer, Subscription
from customers.rules import identifiers, spelling
from customers.rules.identifiers import Sought
from ispbill.core import phones

_SHORTEST_TRIGRAM = 3  # shorter words are looked up at the beginning of words only
_MOST_EXACT = 10
_CANDIDATES = 80
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Match:
    """A search text turned into a condition on customers.

    `exact` are ids that the text names unmistakably (account number, phone, line, e-mail, the
    last digits of a phone); they come first.
    """

    sought: Sought
    condition: Q
    exact: tuple[int, ...] = ()
    corrected: str = ""
    """The spelling that was looked for instead, when nothing was found as typed."""


def match(customers: QuerySet[Customer], text: str) -> Match:
    """Read the text; one query, for the exact hits among `customers`."""
    sought = identifiers.read(text)
    return Match(sought, _as_typed(sought), _exact(customers, sought, text.strip()))


def corrected(sought: Sought) -> Match | None:
    """Return a match for the nearest known spellings, or None when there are none; one query."""
    words = [word for word in sought.words if _is_name(word)]
    if not words or sought.phone_forms:
        return None
    known = _neighbours(words)
    condition = Q()
    shown = []
    for word in sought.words:
        meant = spelling.meant(word, known) if word in words else ()
        either = _contains(word)
        for candidate in meant:
            either |= _contains(candidate)
        condition &= either
        shown.append(meant[0] if meant else word)
    if tuple(shown) == sought.words:
        return None
    return Match(sought, condition, corrected=" ".join(shown))


def _as_typed(sought: Sought) -> Q:
    if sought.is_empty:
        return Q()
    if sought.phone_forms and len(sought.words[0]) < _SHORTEST_TRIGRAM:
        return Q(number__in=_numbers(sought))  # `12` is an account, not a house
    if sought.phone_forms:
        either = Q()
        for form in sought.phone_forms:
            either |= _contains(form)
        return either
    if sought.is_number:
        return Q(number__in=_numbers(sought))
    condition = Q()
    for word in sought.words:
        condition &= _contains(word)
    return condition


def _contains(word: str) -> Q:
    if len(word) >= _SHORTEST_TRIGRAM:
        return Q(search_text__contains=word)
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")


def _exact(customers: QuerySet[Customer], sought: Sought, raw: str) -> tuple[int, ...]:
    if sought.is_empty:
        return ()
    named = Customer.objects.order_by()
    ways: list[QuerySet[Any, tuple[int]]] = []
    if sought.counter is not None:
        ways.append(named.filter(number__in=_numbers(sought)).values_list("pk"))
    if sought.phone_forms:
        with suppress(phones.PhoneRefused):
            ways.append(named.filter(phone=phones.normalise(raw)).values_list("pk"))
    if sought.last_digits:
        # In the searched text a phone number is followed by a space.
        ways.append(
            named.filter(
                search_text__contains=f"{sought.last_digits} ",
                phone__endswith=sought.last_digits,
            ).values_list("pk")[:_MOST_EXACT]
        )
    lines = Subscription.objects.order_by().exclude(status=Subscription.Status.CANCELLED)
    ways.append(
        lines.filter(connection_id__in={raw, raw.lower(), raw.upper()}).values_list("customer_id")
    )
    ids = ways[0].union(*ways[1:]) if len(ways) > 1 else ways[0]
    return tuple(
        customers.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)[:_MOST_EXACT]
    )


def _is_name(word: str) -> bool:
    return spelling.tolerance(word) > 0 and not any(letter.isdigit() for letter in word)


def _numbers(sought: Sought) -> list[str]:
    years = [sought.year] if sought.year else range(_FIRST_YEAR, _LAST_YEAR + 1)
    return [f"CT-{year}-{sought.counter:05d}" for year in years]


def _neighbours(words: list[str]) -> set[str]:
    # Either some trigrams are shared, or the first two letters are and the length is near.
    each = """
        (SELECT text FROM customers_word
         WHERE text %% %s OR (text LIKE %s AND length(text) BETWEEN %s AND %s)
         ORDER BY text <-> %s, text LIMIT %s)
    """
    values: list[str | int] = []
    for word in words:
        prefix = word[:2].replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        values += [word, f"{prefix}%", len(word) - 2, len(word) + 2, word, _CANDIDATES]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join([each] * len(words)), values)
        return {row[0] for row in cursor.fetchall()}
