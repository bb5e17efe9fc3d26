"""Test runs that wait for a second person, as items of the inbox."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.pricing.views import words
from billing.run.models import DryRun
from billing.run.queries import to_approve
from billing.run.services import dry_runs
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.inbox.forms.confirm import Confirm
from ispbill.inbox.queries.sources import (
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Urgency,
    Verb,
    decision,
)


def _waiting(user: User, at: datetime) -> QuerySet[DryRun]:
    return to_approve.dry_runs(user, on=clock.local_date(at))


def _listed(found: QuerySet[DryRun], _at: datetime) -> QuerySet[DryRun]:
    return found.select_related("proposed_by", "branch").order_by("business_date", "pk")


def _line(row: DryRun) -> Line:
    """A plan is for a day, and that day does not wait."""
    return Line(
        what=_("Test run of %(day)s") % {"day": words.day(row.business_date)},
        why=_("%(n)s invoices, asked by %(who)s")
        % {"n": formats.number(row.figures.get("invoices", 0)), "who": _who(row)},
        since=row.proposed_at,
        amount=Decimal(row.figures.get("total", 0)),
        urgency=Urgency.DAY_NEAR,
    )


def _detail(_request: Request, row: DryRun) -> Detail:
    figures = row.figures
    owed = formats.money(Decimal(figures.get("cut_amount", 0)))
    return Detail(
        question=_("Do the billing of %(day)s as worked out?")
        % {"day": words.day(row.business_date)},
        said=_("Approved, it is done exactly so, or refused when something has changed."),
        facts=[
            Fact(_("Asked by"), _who(row)),
            Fact(_("Branch"), row.branch.name if row.branch is not None else _("All branches")),
            Fact(_("Invoices"), formats.number(figures.get("invoices", 0))),
            Fact(_("Total"), formats.money(Decimal(figures.get("total", 0)))),
        ],
        effects=[
            _("%(n)s invoices are issued.") % {"n": formats.number(figures.get("invoices", 0))},
            _("%(n)s messages are sent.") % {"n": formats.number(figures.get("messages", 0))},
            _("%(n)s late fees are charged.") % {"n": formats.number(figures.get("late_fees", 0))},
            _("%(n)s services are suspended, owing %(amount)s.")
            % {"n": formats.number(figures.get("cut_services", 0)), "amount": owed},
        ],
        url=reverse("staff_billing:dry-run", args=[row.pk]),
        seen={"plan_hash": row.plan_hash},
    )


def _approve(request: Request, row: DryRun, _given: Given) -> Done:
    plan_hash = request.POST.get("plan_hash", "")
    dry_runs.approve(dry_run=row, plan_hash=plan_hash, act=Act.now(request.user))
    return Done(_("Approved: the billing of %(day)s.") % {"day": words.day(row.business_date)})


def _withdraw(request: Request, row: DryRun, _given: Given) -> Done:
    dry_runs.withdraw(dry_run=row, act=Act.now(request.user))
    return Done(_("The plan is withdrawn."))


def _verbs(_request: Request, _row: DryRun) -> list[Verb]:
    nothing = [_("Nothing is billed. The day can be worked out again.")]
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("withdraw", _("Withdraw"), _withdraw, form=Confirm, is_refusal=True, effects=nothing),
    ]


def _decided(_user: User, key: int) -> str | None:
    return decision(DryRun.objects.all(), key, by="approved_by")


def _who(row: DryRun) -> str:
    return row.proposed_by.name if row.proposed_by is not None else _("The system")


PLANS = Source(
    kind="test-run",
    label=gettext_lazy("Test run to approve"),
    group=Group.MONEY,
    symbol="file-invoice",
    capability="billing.run",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
