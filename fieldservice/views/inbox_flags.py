"""What of the field has waited too long, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fieldservice.forms.staff import ReasonForm
from fieldservice.models import FieldFlag
from fieldservice.queries import overdue
from fieldservice.services import flags
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import (
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decided_words,
)

Kind = FieldFlag.Kind


def _waiting(user: User, _at: datetime) -> QuerySet[FieldFlag]:
    return overdue.visible_to(user).filter(cured_at=None, seen_at=None)


def _listed(found: QuerySet[FieldFlag], _at: datetime) -> QuerySet[FieldFlag]:
    return found.order_by("since", "pk")


def _line(row: FieldFlag) -> Line:
    return Line(what=row.what, why=_why(row), since=row.since)


def _why(row: FieldFlag) -> str:
    if row.kind == Kind.WAITING_ACT:
        return _("What was done before it has not come from the phone for a day.")
    if row.kind == Kind.MISSING_RECEIPT:
        return _("%(number)s has not come, a later one has.") % {"number": row.key}
    return _("The last service ended a fortnight ago, and it has not come back.")


def _detail(_request: Request, row: FieldFlag) -> Detail:
    facts = [Fact(_("Since"), formats.moment(row.since))]
    url = ""
    if row.kind == Kind.WAITING_ACT:
        url = reverse("staff_fieldservice:detail", args=[row.number])
    elif row.kind == Kind.EQUIPMENT_OUT:
        url = reverse("staff_customers:customer", args=[row.number])
    if row.number:
        facts.append(Fact(_("Number"), row.number, url, is_code=True))
    return Detail(question=row.get_kind_display(), said=_why(row), facts=facts, url=url)


def _look(request: Request, row: FieldFlag, given: Given) -> Done:
    flags.look_into(flag=row, act=Act.now(request.user, reason=str(given["reason"])))
    return Done(_("Noted that you have looked into it."))


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    return [Verb("done", _("Looked into"), _look, form=ReasonForm)]


def _decided(user: User, key: int) -> str | None:
    row = overdue.visible_to(user).select_related("seen_by").filter(pk=key).first()
    if row is None:
        return None
    if row.cured_at is not None:
        return _("It has come since.")
    return decided_words(row.get_kind_display(), row.seen_by)


FLAGS = Source(
    kind="field-flag",
    label=gettext_lazy("Waiting too long in the field"),
    group=Group.REQUESTS,
    symbol="clock",
    capability="field.decide",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
