"""Read the users of a router that are not ours, and say whose they seem to be."""

from datetime import datetime
from ipaddress import ip_address

from django.db import transaction

from customers.models import Subscription
from ispbill.core import live
from network.models import Access, Router
from network.services import strangers
from network.services.strangers import Stranger
from network.takeover.models import FoundUser
from network.takeover.rules import matching
from network.takeover.rules.matching import Found, Service, User

Match = FoundUser.Match


def read(*, router: Router, at: datetime) -> str:
    """Read a router and bring its list up to date; return why it could not be read, or "".

    Repeating changes nothing but what has changed there; what was taken over is left alone.
    """
    error, users = strangers.users_of(router)
    if not error:
        _keep(router, users, at=at)
    return error


@transaction.atomic
def _keep(router: Router, users: list[Stranger], *, at: datetime) -> None:
    ours = set(
        Access.objects.filter(router=router)
        .exclude(desired_state=Access.State.REMOVED)
        .values_list("username", flat=True)
    )
    # A queue beside a login of the same name is that login's.
    strange = {one.name: one for one in reversed(users) if one.name not in ours}
    rows = FoundUser.objects.select_for_update().filter(router=router)
    rows.exclude(state=FoundUser.State.DONE).exclude(name__in=strange).delete()
    done = set(rows.filter(state=FoundUser.State.DONE).values_list("name", flat=True))
    left = [one for name, one in strange.items() if name not in done]
    found = matching.match([_user(one) for one in left], _services())
    # Matches are let go of first: two users may have changed places.
    rows.exclude(state=FoundUser.State.DONE).update(subscription=None, match=Match.NONE)
    for one in left:
        FoundUser.objects.update_or_create(
            router=router,
            name=one.name,
            defaults=_values(one, found[one.name], at=at),
            create_defaults=_values(one, found[one.name], at=at)
            | {
                "new_name": matching.name_in(one.comment, otherwise=one.name),
                "new_phone": matching.written_phone(one.comment)[:30],
            },
        )
    live.changed("router")


def _values(one: Stranger, found: Found, *, at: datetime) -> dict[str, object]:
    how, fits = found.how, found.services
    if not fits or how is None:
        match = Match.NONE
    elif len(fits) > 1 or _is_promised(fits[0]):
        match = Match.AMBIGUOUS
    else:
        match = Match.CERTAIN if how.is_certain else Match.LIKELY
    is_one = match in (Match.CERTAIN, Match.LIKELY)
    return {
        "method": one.method,
        "profile": one.profile[:120],
        "limit": one.limit[:60],
        "is_disabled": one.is_disabled,
        "comment": one.comment[:300],
        "address": one.address[:60],
        "caller_id": one.caller_id[:60],
        "read_at": at,
        "match": match,
        "how": how.value if how is not None else "",
        "subscription_id": fits[0] if is_one else None,
    }


def _is_promised(subscription_id: int) -> bool:
    """Tell whether a user of another router is matched with the service already."""
    return FoundUser.objects.filter(subscription=subscription_id).exists()


def _services() -> list[Service]:
    """Return the services that may yet get a line."""
    rows = (
        Subscription.objects.exclude(status=Subscription.Status.CANCELLED)
        .filter(access__isnull=True, customer__archived_at__isnull=True)
        .values_list(
            "pk",
            "connection_id",
            "customer__number",
            "customer__phone",
            "customer__alternate_phone",
        )
    )
    return [
        Service(pk, connection, number, tuple(phone for phone in (first, second) if phone))
        for pk, connection, number, first, second in rows
    ]


def _user(one: Stranger) -> User:
    return User(one.name, one.comment, _fixed(one.address), one.caller_id)


def _fixed(text: str) -> str:
    """Return an address; the name of a pool is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
