"""Signed papers that could not be sealed: they wait for the office."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Contract, ContractSeal
from contracts.queries import contracts
from contracts.services import sealing
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb


def _waiting(user: User, _at: datetime) -> QuerySet[Contract]:
    return contracts.visible_to(user).filter(seal__state=ContractSeal.State.FAILED)


def _listed(found: QuerySet[Contract], _at: datetime) -> QuerySet[Contract]:
    return found.select_related("customer", "seal").order_by("signed_at", "pk")


def _line(row: Contract) -> Line:
    return Line(
        what=f"{row.number}: {row.customer.name}",
        why=_("Signed, but the paper could not be sealed"),
        since=row.signed_at or row.created_at,
    )


def _detail(_request: Request, row: Contract) -> Detail:
    return Detail(
        question=_("Seal %(number)s again?") % {"number": row.number},
        said=row.seal.error,
        facts=[
            Fact(_("Contract"), row.number, is_code=True),
            Fact(_("Customer"), row.customer.name),
        ],
        url=reverse("staff_contracts:detail", args=[row.number]),
    )


def _again(request: Request, row: Contract, _given: Given) -> Done:
    sealing.again(contract=row, act=Act.now(request.user))
    return Done(_("%(number)s is being sealed.") % {"number": row.number})


def _verbs(_request: Request, _row: Contract) -> list[Verb]:
    return [Verb("seal", _("Seal again"), _again)]


def _decided(user: User, key: int) -> str | None:
    row = contracts.visible_to(user).filter(pk=key).first()
    return str(row.get_state_display()) if row is not None else None


SEALS = Source(
    kind="contract-seal",
    label=gettext_lazy("Contract not sealed"),
    group=Group.REQUESTS,
    symbol="signature",
    capability="contracts.edit",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
