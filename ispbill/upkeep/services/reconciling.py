"""After a restore: find out what the world did since the copy, step by step, before going on.

Each step may be run again; what came of it stands in the `Restoration`. Nothing is sent again by
itself, no line is switched: what differs is said, and people decide. Source: operations-rules 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.invoices.models import CreditNote, Invoice
from ispbill.accounts.models import OneTimeCode, SignedInSession
from ispbill.accounts.services import sessions
from ispbill.audit.services import events
from ispbill.core import clock, restored
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import NumberGap, NumberSequence, Restoration
from ispbill.core.services import numbering
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from ispbill.upkeep.rules import number_gaps
from ispbill.upkeep.services import erasure
from network.models import Router
from network.services import reconcile as routers
from payments.online.models import PaymentAttempt
from payments.online.services import reconciling as gateways

STEPS = ("proofs", "doors", "erasures", "numbers", "messages", "gateways", "routers", "release")
_LOOK_BACK = timedelta(days=2)
_BUSY_DAYS = timedelta(days=30)
_SECRET_EVENTS = ("one_time_code", "password_reset")


class NotHeld(DomainError):
    """This installation was not restored, or was released already."""


class NotYet(DomainError):
    """Something comes before this step."""


@dataclass(frozen=True)
class Done:
    """What a step did: figures by name, and lines that say what differs."""

    step: str
    figures: dict[str, int]
    differences: list[str]


def run(*, step: str, act: Act, skip_reason: str = "") -> Done:
    """Do a step, or skip it for a reason, and write down what came of it. Raises NotYet."""
    held = restored.current()
    if held is None:
        raise NotHeld(_("Nothing was restored here that is not released yet."))
    missing = [name for name in STEPS[: STEPS.index(step)] if name not in held.steps]
    if missing:
        raise NotYet(_("First: {steps}.").format(steps=", ".join(missing)))
    if skip_reason:
        done = Done(step, {}, [])
    else:
        done = _WORK[step](held, act)
    _note(held, done, act=act, skip_reason=skip_reason)
    return done


@transaction.atomic
def _note(held: Restoration, done: Done, *, act: Act, skip_reason: str) -> None:
    held.refresh_from_db()
    held.steps[done.step] = {
        "at": clock.real_now().isoformat(),
        "by": act.actor.name if act.actor else "",
        "figures": done.figures,
        "differences": done.differences[:200],
        "skipped": skip_reason,
    }
    held.save(update_fields=["steps"])
    events.record(
        act=act.because(skip_reason or act.reason),
        action=f"restore.{done.step}",
        target=held,
        after={**done.figures, "differences": len(done.differences)},
    )


def _prove(held: Restoration, act: Act) -> Done:
    """Compare the digest (taken before migrating) and make every proof of the books."""
    findings = [result for result in proofs.run_all(on=clock.local_date(act.at)) if result.count]
    told = [f"{one.check}: {one.count}" for one in findings]
    figures = {"facts": len(held.facts), "findings": len(findings)}
    return Done("proofs", figures, [*held.facts, *told])


def _close_doors(_held: Restoration, act: Act) -> Done:
    """End every session and code: what was revoked since the copy would be good again."""
    users = {session.user for session in SignedInSession.objects.select_related("user")}
    ended = sum(sessions.revoke_all(user=user) for user in users)
    codes = OneTimeCode.objects.filter(used_at=None).update(used_at=act.at)
    return Done("doors", {"sessions": ended, "codes": codes}, [])


def _replay_erasures(_held: Restoration, act: Act) -> Done:
    """Erase again who was erased after the copy was taken."""
    return Done("erasures", {"erased_again": erasure.replay(act=act)}, [])


@transaction.atomic
def _skip_numbers(held: Restoration, act: Act) -> Done:
    """Let each series go on behind what may have been given out since the copy, once."""
    gap_seconds = int((held.restored_at - held.taken_at).total_seconds())
    reason = f"Restored from {held.backup}"
    told = []
    for series in NumberSequence.objects.order_by("series", "year"):
        years = {0, held.taken_at.astimezone(clock.zone()).year, clock.local_date(act.at).year}
        done = NumberGap.objects.filter(series=series.series, year=series.year, reason=reason)
        if series.year not in years or done.exists():
            continue
        count = number_gaps.skipped(
            busiest_day=_busiest_day(series.series), gap_seconds=gap_seconds
        )
        gap = numbering.skip(
            series=series.series, year=series.year, count=count, reason=reason, at=act.at
        )
        told.append(f"{series.series} {series.year}: {gap.first} to {gap.last}")
    return Done("numbers", {"series": len(told)}, told)


def _busiest_day(series: str) -> int:
    """Return the most documents of a series issued on one of its last thirty days."""
    found = _DATED.get(series)
    if found is None:
        return 0
    model, field = found
    last = model.objects.aggregate(last=Max(field))["last"]
    if last is None:
        return 0
    recent = model.objects.filter(**{f"{field}__gt": last - _BUSY_DAYS})
    days = recent.annotate(day=TruncDate(field)).values("day").annotate(count=Count("pk"))
    return max((row["count"] for row in days), default=0)


@transaction.atomic
def _stop_messages(_held: Restoration, _act: Act) -> Done:
    """Let nothing that waited go out: it may have gone out already. Codes are of no use now."""
    waiting = Message.objects.filter(state__in=[Message.State.QUEUED, Message.State.SENDING])
    words = "Restored from a copy: it may have been sent before."
    codes = waiting.filter(event__in=_SECRET_EVENTS).update(
        state=Message.State.CANCELLED, error=words, lease_until=None
    )
    others = waiting.update(state=Message.State.UNKNOWN, error=words, lease_until=None)
    return Done("messages", {"unknown": others, "cancelled": codes}, [])


def _ask_gateways(held: Restoration, act: Act) -> Done:
    """Ask about every payment attempt since two days before the copy; what was paid is settled."""
    since = held.taken_at - _LOOK_BACK
    open_ones = PaymentAttempt.objects.filter(started_at__gte=since).exclude(
        state=PaymentAttempt.State.SETTLED
    )
    asked = silent = 0
    told = []
    for attempt in open_ones.select_related("account").order_by("pk"):
        after = gateways.ask(attempt, at=act.at)
        asked += 1
        silent += after is None
        if after is not None and after.state != attempt.state:
            told.append(f"{attempt.order}: {attempt.state}, now {after.state}")
    return Done("gateways", {"asked": asked, "silent": silent, "changed": len(told)}, told)


def _compare_routers(_held: Restoration, act: Act) -> Done:
    """Say how each router differs from the books; nothing is put right before the release."""
    told: list[str] = []
    silent = 0
    for router in Router.objects.filter(archived_at=None, is_enabled=True).order_by("name"):
        seen = routers.sync(router=router, is_dry_run=True, actor=None, now=lambda: act.at)
        silent += bool(seen.error)
        told += [
            f"{router.name}: {one.kind.value}: {one.name} wanted {one.wanted or '-'},"
            f" there {one.actual or '-'}"
            for one in seen.found
        ]
    return Done("routers", {"differences": len(told), "silent": silent}, told)


def _release(held: Restoration, _act: Act) -> Done:
    """Open the house again; reminders of the time between stay unsent."""
    Restoration.objects.filter(pk=held.pk).update(released_at=clock.real_now())
    restored.forget()
    return Done("release", {}, [])


_WORK: dict[str, Callable[[Restoration, Act], Done]] = {
    "proofs": _prove,
    "doors": _close_doors,
    "erasures": _replay_erasures,
    "numbers": _skip_numbers,
    "messages": _stop_messages,
    "gateways": _ask_gateways,
    "routers": _compare_routers,
    "release": _release,
}
_DATED: dict[str, tuple[Any, str]] = {
    "INV": (Invoice, "issued_at"),
    "CN": (CreditNote, "issued_at"),
    "RCP": (Payment, "received_at"),
}
