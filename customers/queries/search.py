"""Finding customers by whatever the caller says."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Customer, Subscription
from customers.rules import identifiers, spelling
from customers.rules.identifiers import Sought
from ispbill.core import phones, statements

_SHORTEST_TRIGRAM = 3  # shorter words are looked up at the beginning of words only
_MOST_EXACT = 10
_CANDIDATES = 80
SOME = 10  # fewer who are spelt as typed are joined by those spelt otherwise
_SHORTEST_NAME = 2  # Md
_LEAST_TEXT, _MOST_PEOPLE = 3, 200  # where rows of found customers are asked for
_MOST_ALIKE = 8
# Accounts that became a part of another are found as that one.
_PARTS = ("merged_into_id", "merged_into__merged_into_id")
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


@dataclass(frozen=True)
class Known:
    """Words that occur in names and addresses, and the sounds of these and of what was typed."""

    words: dict[str, str | None]
    sounds: dict[str, str | None]


def match(customers: QuerySet[Customer], text: str) -> Match:
    """Read the text; one query, for the exact hits among `customers`."""
    sought = identifiers.read(text)
    return Match(sought, _as_typed(sought), _exact(customers, sought, text.strip()))


def look(customers: QuerySet[Customer], text: str, *, most: int) -> tuple[Match, list[int]]:
    """Look among `customers`: as typed, and where that finds few, spelt otherwise too.

    Returns what was looked for, with whom it names first, and up to `most` + 1 ids of those found.
    """
    typed = match(customers, text)
    ids = _ids(customers, typed, max(most, SOME))
    if typed.exact or len(ids) >= SOME:
        return typed, ids[: most + 1]
    wider = widened(typed.sought, is_found=bool(ids))
    if wider is None:
        return typed, ids[: most + 1]
    return replace(wider, exact=tuple(sorted(ids))), _ids(customers, wider, most)


def of_rows(text: str) -> Q:
    """Return the rows with a `customer` whom a text names; none below three characters."""
    if len(text) < _LEAST_TEXT:
        return Q(pk__in=())
    named, ids = look(Customer.objects.all(), text, most=_MOST_PEOPLE)
    return Q(customer__in=[*ids[:_MOST_PEOPLE], *named.exact])


def _ids(customers: QuerySet[Customer], match: Match, most: int) -> list[int]:
    found = customers.filter(match.condition).order_by().values_list("pk", flat=True)
    return list(found[: most + 1])


def widened(sought: Sought, *, is_found: bool) -> Match | None:
    """Return a match for other spellings of the words, or None when there are none; one query.

    Those that sound the same; and when nobody is found as typed, the nearest ones too. Whoever is
    spelt as typed is among them.
    """
    if sought.phone_forms or sought.is_number:
        return None
    words = [word for word in sought.words if word.isalpha() and len(word) >= _SHORTEST_NAME]
    if not words:
        return None
    known = _alike(words) if is_found else _neighbours(words)
    others = {word: _others(word, known, is_found=is_found) for word in words}
    if not any(others.values()):
        return None
    condition = Q()
    for word in sought.words:
        either = _contains(word)
        for other in others.get(word, ()):
            either |= _contains(other)
        condition &= either
    return Match(sought, condition, corrected="" if is_found else _shown(sought, others, known))


def _others(word: str, known: Known, *, is_found: bool) -> tuple[str, ...]:
    """Return the other spellings of a word among the known ones, the nearest first."""
    rest = {text: sound for text, sound in known.words.items() if text != word}
    near = () if is_found or not spelling.tolerance(word) else spelling.meant(word, rest)
    sound = known.sounds[word]
    alike = [text for text in rest if sound is not None and rest[text] == sound]
    alike.sort(key=lambda text: (spelling.distance(word, text), text))
    return tuple(dict.fromkeys([*near, *alike[:_MOST_ALIKE]]))


def _shown(sought: Sought, others: dict[str, tuple[str, ...]], known: Known) -> str:
    """Return the spelling to name: a word nobody has gives way to its nearest."""
    unknown = {word for word, found in others.items() if found and word not in known.words}
    given_way = unknown or {word for word, found in others.items() if found}
    return " ".join(others[word][0] if word in given_way else word for word in sought.words)


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
        for into in _PARTS:
            parts = named.filter(number__in=_numbers(sought), **{f"{into}__isnull": False})
            ways.append(parts.values_list(into))
    if sought.phone_forms:
        with suppress(phones.PhoneRefused):
            owners = named.filter(phone=phones.normalise(raw))
            ways.append(owners.values_list("pk"))
            ways.append(owners.filter(merged_into__isnull=False).values_list("merged_into_id"))
    if sought.last_digits:
        # In the searched text a phone number is followed by a space.
        ways.append(
            named.filter(
                search_text__contains=f"{sought.last_digits} ", phone__endswith=sought.last_digits
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


def _numbers(sought: Sought) -> list[str]:
    years = [sought.year] if sought.year else range(_FIRST_YEAR, _LAST_YEAR + 1)
    return [f"CT-{year}-{sought.counter:05d}" for year in years]


# The sound of what was typed comes along, told from known words by the third column.
_SOUNDS_ALIKE = """
    (SELECT %s::text, sound_of(%s), false)
    UNION (SELECT text, sound, true FROM customers_word WHERE sound = sound_of(%s)
           ORDER BY text LIMIT %s)
    UNION (SELECT short, sound_of(short), true FROM (VALUES ('md')) AS known (short)
           WHERE sound_of(short) = sound_of(%s))
"""
# Either some trigrams are shared, or the first two letters are and the length is near.
_SPELT_ALIKE = """
    UNION (SELECT text, sound, true FROM customers_word
           WHERE text %% %s OR (text LIKE %s AND length(text) BETWEEN %s AND %s)
           ORDER BY text <-> %s, text LIMIT %s)
"""


def _alike(words: list[str]) -> Known:
    """Return known words that sound like one of these."""
    values = [value for word in words for value in (word, word, word, _CANDIDATES, word)]
    return _known(" UNION ".join([_SOUNDS_ALIKE] * len(words)), values)


def _neighbours(words: list[str]) -> Known:
    """Return known words that sound or are spelt like one of these."""
    values: list[str | int] = []
    for word in words:
        prefix = word[:2].replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        values += [word, word, word, _CANDIDATES, word]
        values += [word, f"{prefix}%", len(word) - 2, len(word) + 2, word, _CANDIDATES]
    return _known(" UNION ".join([_SOUNDS_ALIKE + _SPELT_ALIKE] * len(words)), values)


def _known(statement: str, values: list[str | int]) -> Known:
    rows = statements.read(statement, values)
    return Known(
        words={text: sound for text, sound, is_known in rows if is_known},
        sounds={text: sound for text, sound, _is_known in rows},
    )
