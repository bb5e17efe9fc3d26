"""Episodes of high risk follow the levels: they begin, end, and their result is written down.

Again on the same day changes nothing. A constant number of statements, however many they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Coalesce, Least
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from churn.models import ChurnEpisode, ChurnScore, ChurnSettings, RetentionTask
from churn.queries import episodes as queries
from churn.queries import leaving
from churn.rules import acting, drawing
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Tally
from ispbill.core import live, locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LONGEST = timedelta(days=90)
BELOW = timedelta(days=14)
TASK_DAYS = timedelta(days=7)
RISK_FELL = "no longer at high risk"  # the outcome of a task that nobody had begun
_AT_ONCE = 2_000

Row = TypeVar("Row")


class NotHeldOut(DomainError):
    """Only somebody at high risk who is left alone to compare can be called nevertheless."""


@dataclass(frozen=True)
class Followed:
    """What a night changed."""

    ended: int
    begun: int
    held_out: int
    proposed: int
    known: int


def salt() -> str:
    """Return the installation's own part of the draw; nobody can work out who would be drawn."""
    return salted_hmac("churn.draw", "1").hexdigest()


@transaction.atomic
def follow(*, act: Act) -> Followed:
    """Let episodes end and begin as the levels say, propose tasks, and note what is known."""
    trail.begin(act=act)
    locks.hold("churn.episodes")
    ended = _end(act=act)
    begun, held_out = _begin(act=act)
    followed = Followed(ended, begun, held_out, _propose(act=act), _note_results(act=act))
    if any((ended, begun, followed.proposed)):
        live.changed("retention_task")
    return followed


def tally(followed: Followed) -> Tally:
    """Return what a night changed for the job log."""
    detail = {"ended": followed.ended, "held_out": followed.held_out, "known": followed.known}
    return Tally(processed=followed.begun, detail=detail | {"proposed": followed.proposed})


@transaction.atomic
def override(*, customer: Customer, act: Act) -> RetentionTask:
    """Have somebody called who was drawn to be left alone; the group stays as drawn.

    Raises NotHeldOut, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    locks.hold("churn.episodes")
    episode = ChurnEpisode.objects.filter(
        customer=customer, ended_on=None, is_held_out=True, override_reason=""
    ).first()
    if episode is None or act.actor is None:
        raise NotHeldOut(_("This customer is not among those left alone."))
    episode.override_reason, episode.overridden_by_id = act.reason[:240], act.actor.pk
    episode.save(update_fields=["override_reason", "overridden_by"])
    _propose(act=act, among=[episode.pk])
    task = RetentionTask.objects.get(episode=episode, closed_at=None)
    events.record(
        act=act,
        action="churn.overridden",
        target=episode,
        label=customer.number,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
    )
    return task


def _end(*, act: Act) -> int:
    """End what has lasted ninety days, or was below for fourteen; close tasks nobody began."""
    high = ChurnScore.objects.filter(level=queries.HIGH).values("customer")
    open_ones = ChurnEpisode.objects.filter(ended_on=None)
    open_ones.filter(customer__in=high).exclude(below_since=None).update(below_since=None)
    open_ones.exclude(customer__in=high).filter(below_since=None).update(below_since=act.on)
    last = _day(F("began_on") + LONGEST)
    # Least passes over what is null: an episode still high lasts its ninety days.
    ends = Least(last, Coalesce(_day(F("below_since") + BELOW), last))
    over = Q(began_on__lte=act.on - LONGEST) | Q(below_since__lte=act.on - BELOW)
    ended = list(open_ones.filter(over).values_list("pk", flat=True))
    ChurnEpisode.objects.filter(pk__in=ended).update(ended_on=ends)
    untouched = RetentionTask.objects.filter(episode__in=ended, closed_at=None)
    untouched.filter(state=RetentionTask.State.PROPOSED).update(
        state=RetentionTask.State.NOT_NEEDED, outcome=RISK_FELL, closed_at=act.at
    )
    return len(ended)


def _begin(*, act: Act) -> tuple[int, int]:
    percent = ChurnSettings.current().held_out_percent
    customers = list(queries.reached_high().order_by("pk").values_list("pk", flat=True))
    begun = held_out = 0
    secret = salt()
    for part in _parts(customers):
        counted = ChurnEpisode.objects.filter(customer__in=part).values("customer")
        numbers = dict(counted.annotate(last=Max("number")).values_list("customer", "last"))
        rows = [
            ChurnEpisode(
                customer_id=pk,
                number=numbers.get(pk, 0) + 1,
                began_on=act.on,
                is_held_out=drawing.is_held_out(
                    salt=secret, customer_id=pk, number=numbers.get(pk, 0) + 1, percent=percent
                ),
            )
            for pk in part
        ]
        ChurnEpisode.objects.bulk_create(rows)
        begun += len(rows)
        held_out += sum(row.is_held_out for row in rows)
    return begun, held_out


def _propose(*, act: Act, among: Sequence[int] | None = None) -> int:
    """Propose a task for each open episode that may be acted on and has had none."""
    open_ones = ChurnEpisode.objects.filter(ended_on=None, tasks=None)
    if among is None:
        open_ones = open_ones.filter(is_held_out=False)
    else:
        open_ones = open_ones.filter(pk__in=among)
    found = open_ones.values_list("pk", "customer_id", "customer__churn_score__reasons")
    proposed = 0
    for part in _parts(list(found)):
        RetentionTask.objects.bulk_create(
            RetentionTask(
                episode_id=pk,
                customer_id=customer_id,
                action=acting.proposed(one["code"] for one in reasons or ())[0],
                due_on=act.on + TASK_DAYS,
                created_at=act.at,
            )
            for pk, customer_id, reasons in part
        )
        proposed += len(part)
    return proposed


def _note_results(*, act: Act) -> int:
    """Write down of each episode ninety days old who left and what came in."""
    due = ChurnEpisode.objects.filter(has_left=None, began_on__lte=act.on - LONGEST).order_by("pk")
    noted = 0
    for part in _parts(list(due)):
        spells = [(one.customer_id, one.began_on) for one in part]
        left, collected = leaving.left(spells), leaving.collected(spells)
        for one, spell in zip(part, spells, strict=True):
            one.has_left, one.net_collected = spell in left, collected[spell]
        ChurnEpisode.objects.bulk_update(part, ["has_left", "net_collected"])
        noted += len(part)
    return noted


def _day(expression: Any) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(expression, output_field=DateField())


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
