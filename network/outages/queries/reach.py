"""Whom an outage reaches: the preview and the sending ask the same question."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ispbill.core import clock, statements
from ispbill.notifications.queries import prices, texts, wordings
from ispbill.notifications.rules import sms, wishes, wording
from ispbill.notifications.services.compose import Terms
from network.outages.models import Outage

# Area `a` lies in area `top` or is it; one whose path was never worked out ("/") is only itself.
INSIDE = "(a.id = top.id OR (top.path <> '/' AND a.path LIKE top.path || '%%'))"
# A service counts once, by its customer's area or its line's router.
_SERVICES = f"""
    SELECT s.id, s.customer_id FROM customers_subscription s
    WHERE s.status = 'ACTIVE' AND (
        s.customer_id IN (
            SELECT c.id FROM customers_customer c JOIN customers_area a ON a.id = c.area_id
            JOIN customers_area top ON top.id = ANY(%(areas)s::bigint[])
             AND {INSIDE})
        OR s.id IN (
            SELECT l.subscription_id FROM network_access l
            WHERE l.router_id = ANY(%(routers)s::bigint[]) AND l.desired_state <> 'REMOVED'))
"""  # noqa: S608 - composed from the constant above
_PEOPLE = f"""
    SELECT c.id, c.number, c.name, c.phone, c.email, c.language, c.wants_sms, c.wants_whatsapp,
           c.wants_email, count(*) AS services
    FROM ({_SERVICES}) hit JOIN customers_customer c ON c.id = hit.customer_id
    GROUP BY c.id ORDER BY c.id
"""  # noqa: S608 - composed from the constant above
_KNOWN = """
    SELECT id, number, name, phone, email, language, wants_sms, wants_whatsapp, wants_email, 0
    FROM customers_customer WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id
"""


@dataclass(frozen=True)
class Person:
    """A customer in reach and the ways to tell them."""

    pk: int
    number: str
    name: str
    phone: str
    email: str
    language: str
    wants_sms: bool
    wants_whatsapp: bool
    wants_email: bool
    services: int


Way = tuple[str, str]
"""Channel and address."""


@dataclass(frozen=True)
class Part:
    """How many messages of a channel and language go out, and of how many parts each is."""

    channel: str
    language: str
    messages: int
    parts: int
    text: str

    @property
    def channel_name(self) -> str:
        """The channel's words."""
        return str(dict(wordings.CHANNEL_NAMES)[self.channel])


@dataclass(frozen=True)
class Reach:
    """Exactly whom a message would reach. `cost` in the company's currency, where it is known."""

    customers: int
    services: int
    parts: list[Part]
    cost: Decimal | None
    seen: str
    """What the sender is given back: another reach has another one."""

    @property
    def messages(self) -> int:
        return sum(one.messages for one in self.parts)


def people(*, areas: Collection[int], routers: Collection[int]) -> list[Person]:
    """Return the customers with active services in these areas, or on these routers."""
    rows = statements.read(_PEOPLE, {"areas": list(areas), "routers": list(routers)})
    return [Person(*row) for row in rows]


def of_outage(outage: Outage) -> list[Person]:
    """Return whom an outage reaches now: in the places that have no all-clear."""
    scopes = [one for one in outage.scopes.all() if one.ended_at is None]
    return people(
        areas=[one.area_id for one in scopes if one.area_id is not None],
        routers=[one.router_id for one in scopes if one.router_id is not None],
    )


def ways(found: Collection[Person], terms: Terms) -> dict[Way, Person]:
    """Return each address to write to once, by consent and what the company uses."""
    chosen: dict[Way, Person] = {}
    for person in found:
        language = wording.language_for(person.language)
        for channel, recipient, is_wanted in wishes.ways(person):
            if not (recipient and is_wanted and channel in terms.channels):
                continue
            if (channel, language) not in terms.turned_off:
                chosen.setdefault((channel, recipient), person)
    return chosen


def preview(
    found: Collection[Person], *, event: str, terms: Terms, contexts: Mapping[str, dict[str, Any]]
) -> Reach:
    """Return what sending `event` would come to; `contexts` has the facts by language."""
    chosen = ways(found, terms)
    kinds = Counter(
        (channel, wording.language_for(person.language))
        for (channel, _to), person in chosen.items()
    )
    known = wordings.in_force([(event, channel, language) for channel, language in kinds])
    first = {
        (channel, wording.language_for(person.language)): person
        for (channel, _to), person in reversed(list(chosen.items()))
    }
    parts = []
    for channel, language in sorted(kinds):
        person = first[channel, language]
        text = known[event, channel, language]
        values = {
            **texts.company_values(),
            **contexts[language],
            "name": person.name,
            "number": person.number,
        }
        body = (
            wording.compose(text, event, values, language=language, channel=channel).body
            if text is not None
            else ""
        )
        count = sms.parts(body).parts if channel == "SMS" else 0
        parts.append(Part(channel, language, kinds[channel, language], count, body))
    return Reach(
        customers=len(found),
        services=sum(one.services for one in found),
        parts=parts,
        cost=_cost(parts, chosen, on=clock.local_date(terms.at_once)),
        seen=digest(chosen),
    )


def digest(chosen: Mapping[Way, Person]) -> str:
    """Return a short name of exactly these addresses."""
    whole = "\n".join(f"{channel} {recipient}" for channel, recipient in sorted(chosen))
    return sha256(whole.encode()).hexdigest()[:16]


def _cost(parts: Collection[Part], chosen: Mapping[Way, Person], *, on: date) -> Decimal | None:
    """Return what it all costs; None where a number has no price."""
    sizes = {(one.channel, one.language): one.parts for one in parts}
    whole = Decimal(0)
    for channel in ("SMS", "WHATSAPP"):
        own = {
            recipient: sizes[channel, wording.language_for(person.language)] or 1
            for (by, recipient), person in chosen.items()
            if by == channel
        }
        cost = prices.estimate(channel, own, on=on) if own else Decimal(0)
        if cost is None:
            return None
        whole += cost
    return whole


def known(customer_ids: Collection[int]) -> list[Person]:
    """Return these customers, wherever they are by now."""
    return [Person(*row) for row in statements.read(_KNOWN, {"ids": list(customer_ids)})]
