"""Celery entry points of tickets: leaves that call this app's services."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core.acts import Act
from tickets.services import agreements, escalation, mail_fetching, opinions, resolution, sla_report


@shared_task(name="tickets.escalate")
def escalate(**_future: object) -> None:
    """Tell whom a late ticket concerns, and hand out what nobody has."""
    escalation.escalate(act=Act.now(None))


@shared_task(name="tickets.end_quiet_tickets")
@logged_job("end_quiet_tickets")
def end_quiet_tickets(*, progress: Progress, **_future: object) -> Tally:
    """Remind those we wait for, resolve what nobody answered, close what was resolved."""
    act = Act.now(None)
    reminded = resolution.remind_and_give_up(act=act)
    return Tally(processed=reminded + resolution.close_old(act=act))


@shared_task(name="tickets.ask_opinions")
@logged_job("ask_opinions")
def ask_opinions(*, progress: Progress, **_future: object) -> Tally:
    """Ask those whose turn it is whether they would recommend us."""
    return Tally(processed=opinions.ask_due(act=Act.now(None)))


@shared_task(name="tickets.report_promises")
@logged_job("report_promises")
def report_promises(*, progress: Progress, **_future: object) -> Tally:
    """Send last month's report on promises, and warn when too few of this month hold."""
    act = Act.now(None)
    return Tally(processed=sla_report.send_due(at=act.at) + sla_report.warn(act=act))


@shared_task(name="tickets.recalculate")
def recalculate(branch_id: int | None = None, **_future: object) -> None:
    """Bring what runs to opening hours that have changed (queued after the change)."""
    agreements.recalculate(branch_id=branch_id, act=Act.now(None))


@shared_task(name="tickets.read_mail")
def read_mail(**_future: object) -> None:
    """Fetch what customers have written by e-mail, and sort it."""
    mail_fetching.fetch_all(act=Act.now(None))
