"""Take users over: give a service its line, or open an account for whoever is not known yet.

One worker, a row at a time, each its own transaction: what a row is refused for stands in the row,
and a job that died goes on with the rows that are left. Passwords on the router stay as they are.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Area, Package, Subscription
from customers.services import registration, subscriptions
from customers.services.profile import Details
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Router
from network.services import lines
from network.takeover.models import FoundUser
from network.takeover.rules import sizes

log = logging.getLogger(__name__)
State = FoundUser.State
_READY = (FoundUser.Match.CERTAIN, FoundUser.Match.LIKELY)


@dataclass(frozen=True)
class NewOnes:
    """What customers not known yet get: where they live, and what they bought when the profile
    does not say it."""

    area_id: int
    package_id: int
    address: str


@transaction.atomic
def start(*, router: Router, ids: Iterable[int], new: NewOnes | None, act: Act[User]) -> int:
    """Take the chosen users over in the background; return how many there are.

    Those matched with one service get it; the others become customers where `new` says how.
    """
    act = Act(act.actor, act.at, reason=trail.required_reason(act.reason))
    trail.begin(act=act)
    rows = FoundUser.objects.filter(router=router, pk__in=list(ids)).exclude(
        state=State.DONE
    )  # chosen again: the worker may have died
    if new is None:
        rows = rows.filter(match__in=_READY)
    rows = rows.exclude(match=FoundUser.Match.AMBIGUOUS)
    count = rows.update(state=State.CHOSEN, error="")
    if count:
        events.record(
            act=act, action="router.users_taken_over", target=router, after={"users": count}
        )
        jobs.after_commit(
            "network.take_over_users",
            router_id=router.pk,
            actor_id=act.actor.pk,
            reason=act.reason,
            new=None if new is None else [new.area_id, new.package_id, new.address],
        )
    return count


@transaction.atomic
def name(*, row: FoundUser, new_name: str, new_phone: str) -> None:
    """Say what the customer of a user is called and reached by."""
    found = FoundUser.objects.select_for_update().get(pk=row.pk)
    if found.state in (State.DONE, State.CHOSEN):
        raise DomainError(_("This user is taken over already."))
    found.new_name, found.new_phone = new_name, new_phone
    found.save(update_fields=["new_name", "new_phone"])


def take_all(
    *,
    router_id: int,
    new: NewOnes | None,
    actor: User | None,
    reason: str,
    now: Callable[[], datetime],
) -> tuple[int, int]:
    """Work off the chosen users of a router; return how many were taken over and refused."""
    done = failed = 0
    chosen = FoundUser.objects.filter(router=router_id, state=State.CHOSEN)
    for pk in chosen.order_by("name").values_list("pk", flat=True):
        act: Act[User | None] = Act(actor, now(), reason=reason)
        try:
            _take(pk, new, act)
        except DomainError as error:
            FoundUser.objects.filter(pk=pk).update(state=State.FAILED, error=str(error)[:300])
            failed += 1
        except ValueError as error:  # a phone number that is none
            FoundUser.objects.filter(pk=pk).update(state=State.FAILED, error=_(str(error))[:300])
            failed += 1
        except IntegrityError:
            log.exception("a user could not be taken over", extra={"found_user": pk})
            words = _("The database refused it; the log of the program tells why.")
            FoundUser.objects.filter(pk=pk).update(state=State.FAILED, error=words)
            failed += 1
        else:
            done += 1
    return done, failed


@transaction.atomic
def _take(pk: int, new: NewOnes | None, act: Act[User | None]) -> None:
    row = FoundUser.objects.select_for_update(of=("self",)).select_related("router").get(pk=pk)
    if row.state != State.CHOSEN:
        return
    service = row.subscription or _opened(row, new, act=act)
    lines.take_over(
        subscription=service,
        router=row.router,
        username=row.name,
        static_ip=_fixed(row.address),
        mac_address=row.caller_id,
        method=row.method,
        is_open=not row.is_disabled and service.status != Subscription.Status.SUSPENDED,
        act=act,
    )
    row.subscription, row.state, row.error = service, State.DONE, ""
    row.save(update_fields=["subscription", "state", "error"])


def _opened(row: FoundUser, new: NewOnes | None, *, act: Act[User | None]) -> Subscription:
    """Open an account with a pending service for whoever the user belongs to."""
    if new is None:
        raise DomainError(_("Nobody we know fits this user."))
    if not row.new_phone.strip():
        raise DomainError(_("There is no phone number in the comment; type one."))
    area = Area.objects.select_related("branch").get(pk=new.area_id)
    details = Details(
        name=row.new_name or row.name, phone=row.new_phone, area=area, address=new.address
    )
    customer = registration.register(details=details, act=Act(act.actor, act.at))
    return subscriptions.add(
        customer=customer,
        package=_package(row, new),
        line=subscriptions.Line(connection_id=row.name),
        act=Act(act.actor, act.at),
    )


def _package(row: FoundUser, new: NewOnes) -> Package:
    """Return the package whose profile, or whose speed, the user has; else the chosen one."""
    fitting = Package.objects.filter(archived_at=None)
    speed = sizes.speed_of(row.limit)
    if speed is not None:
        fitting = fitting.filter(upload_mbps=speed[0], download_mbps=speed[1])
    else:
        fitting = fitting.filter(router_profile=row.profile).exclude(router_profile="")
    found = list(fitting[:2])
    return found[0] if len(found) == 1 else Package.objects.get(pk=new.package_id)


def _fixed(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
