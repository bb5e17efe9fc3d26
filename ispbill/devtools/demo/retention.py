"""Customers who may leave: months observed, tonight's scores, a year of episodes, tasks."""

from datetime import datetime, time, timedelta
from random import Random

from churn.models import ChurnEpisode, ChurnScore, ChurnSettings, RetentionTask
from churn.rules import drawing
from churn.services import episodes, observing, retention, scoring
from churn.services.retention import Offer
from customers.models import Call, Customer
from customers.services.calls import Talk
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from tickets.models import Survey, Ticket
from tickets.services import intake, reopening, resolution, surveys

PAST = (130, 250)  # so many days ago the episodes began whose results are known
TROUBLED = 12  # customers
HELD_OUT_PERCENT = 20  # more than usual, so that a small company has enough to compare
_SAID = (
    ("KEPT", "The line was repaired; all is well."),
    ("REFUSED", "Has ordered from somebody else already."),
    ("UNREACHABLE", "Called on three days; nobody answers."),
    ("KEPT", "Pays in two parts from now on."),
)


def show(*, base: Ground, seed: int, now: datetime) -> None:
    """Let a year of episodes pass and leave tasks of today, the same for the same seed."""
    rng, act = Random(f"{seed} retention"), Act(None, now)
    settings, _is_new = ChurnSettings.objects.get_or_create(pk=1)
    settings.held_out_percent = HELD_OUT_PERCENT
    settings.save()
    observing.follow(at=now)
    scoring.recompute(at=now)
    _trouble(base, now=now)
    scoring.recompute(at=now)
    _past(rng, base, now=now)
    episodes.follow(act=act)
    _work(base, now=now)


def _trouble(base: Ground, *, now: datetime) -> None:
    """Let those who pay late have trouble with their lines too: opened again, and some still open.

    Two unhappy stars, three tickets in three months, one of them opened again: thirty points more.
    """
    agent = base.staff["support@demo.test"]
    worst = ChurnScore.objects.order_by("-points", "customer_id").select_related("customer")
    for place, score in enumerate(worst[:TROUBLED]):
        for back in (40, 22):
            at = now - timedelta(days=back, hours=place)
            ticket = _report(score.customer, at=at)
            _solve(ticket, agent, at=at + timedelta(hours=5))
            if back == 40:
                act = Act(agent, at + timedelta(days=1), reason="Off again the next day")
                ticket = reopening.reopen(ticket=ticket, act=act)
                _solve(ticket, agent, at=at + timedelta(days=2))
            survey = Survey.objects.filter(ticket=ticket, answered_at=None).first()
            if survey is not None:
                given = surveys.Answer(2, "Nobody called back.", 4)
                surveys.answer(survey=survey, given=given, act=Act(None, at + timedelta(days=3)))
        at = now - timedelta(days=9, hours=place)
        ticket = _report(score.customer, at=at)
        if place % 3:
            _solve(ticket, agent, at=at + timedelta(hours=20))


def _report(customer: Customer, *, at: datetime) -> Ticket:
    said = "Every evening the line is gone for an hour."
    report = intake.Report("", said, "connection", "PHONE", "NORMAL")
    return intake.open_ticket(customer=customer, report=report, act=Act(None, at))


def _solve(ticket: Ticket, agent: User, *, at: datetime) -> None:
    resolution.resolve(
        ticket=ticket, cause="FIXED", text="The line was measured and cleaned.", act=Act(agent, at)
    )


def _past(rng: Random, base: Ground, *, now: datetime) -> None:
    """Write episodes of long ago as they were drawn; what came of them the night notes itself."""
    on, salt = clock.local_date(now), episodes.salt()
    who = [base.staff["support@demo.test"], base.staff["sales@demo.test"]]
    customers = Customer.objects.filter(customer_since__lte=on - timedelta(days=PAST[1] + 20))
    past, tasks = [], []
    for pk in customers.order_by("pk").values_list("pk", flat=True)[:200]:
        began = on - timedelta(days=rng.randrange(*PAST))
        is_held_out = drawing.is_held_out(
            salt=salt, customer_id=pk, number=1, percent=HELD_OUT_PERCENT
        )
        episode = ChurnEpisode(
            customer_id=pk,
            number=1,
            began_on=began,
            ended_on=began + timedelta(days=rng.randrange(15, 90)),
            is_held_out=is_held_out,
            action_cost=0 if is_held_out else rng.choice((0, 0, 60, 150)),
        )
        past.append(episode)
        if is_held_out:
            continue
        state, outcome = rng.choice(_SAID)
        at = datetime.combine(began + timedelta(days=4), time(12), tzinfo=days.ZONE)
        tasks.append(
            RetentionTask(
                episode=episode,
                customer_id=pk,
                state=state,
                action=rng.choice(("CALL", "PAYMENT_PLAN", "TECHNICIAN")),
                assigned_to=rng.choice(who),
                due_on=began + episodes.TASK_DAYS,
                outcome=outcome,
                created_at=at - timedelta(days=4),
                closed_at=at,
            )
        )
    ChurnEpisode.objects.bulk_create(past)
    RetentionTask.objects.bulk_create(tasks)


def _work(base: Ground, *, now: datetime) -> None:
    """Let two colleagues come some way with the tasks of today."""
    support, sales = base.staff["support@demo.test"], base.staff["sales@demo.test"]
    found = RetentionTask.objects.filter(closed_at=None).select_related("customer")
    tasks = list(found.order_by("pk")[:9])
    for place, task in enumerate(tasks):
        person = (support, sales)[place % 2]
        act = Act(person, now - timedelta(hours=3), reason="a customer of many years")
        if place < 7:
            retention.assign(task=task, to=person, act=act)
        if 2 <= place < 7:
            talk = Talk(Call.Outcome.SPOKE, text="Thinks of leaving; wants to hear from us.")
            retention.contact(task=task, talk=talk, act=act)
        service = task.customer.subscriptions.exclude(status="CANCELLED").first()
        if 4 <= place < 7 and service is not None:
            percent = 35 if place == 6 else 15  # the last one is more than one person may give
            given = Offer("DISCOUNT", service, percent, 3)
            retention.offer(task=task, given=given, act=act)
    due = [task.pk for task in tasks[:4]]
    RetentionTask.objects.filter(pk__in=due).update(due_on=clock.local_date(now))
