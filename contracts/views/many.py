"""What is done about many contracts of the list at once: the ticked ones, or all of the filters."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.forms.staff import Find, Nothing, ReasonForm
from contracts.models import Contract
from contracts.queries import contracts as queries
from contracts.services import bulk, renewal
from ispbill.accounts import many
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act

_both = require_http_methods(["GET", "POST"])


@_both
@staff_only("contracts.edit")
def send(request: Request) -> HttpResponse:
    """Have the chosen drafts sent to be signed, by a worker."""
    form = Nothing(request.POST or None)

    def run(contract: Contract) -> None:
        bulk.ask_to_send(contract=contract, act=Act.now(request.user))

    return _asked(request, form, run, heading=_("Send to be signed"))


@_both
@staff_only("contracts.edit")
def renew(request: Request) -> HttpResponse:
    """Let the chosen contracts go on for another term."""
    form = ReasonForm(request.POST or None)

    def run(contract: Contract) -> None:
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        renewal.renew(contract=contract, ends_on=contract.ends_on, act=act)

    return _asked(request, form, run, heading=_("Renew"))


def offered(request: Request) -> list[dict[str, str]]:
    """Return what may be done with ticked contracts."""
    if not may(request.user, "contracts.edit"):
        return []
    return [
        {
            "label": _("Send to be signed"),
            "url": reverse("staff_contracts:send-many"),
            "symbol": "signature",
        },
        {"label": _("Renew"), "url": reverse("staff_contracts:renew-many"), "symbol": "refresh"},
    ]


def _asked(
    request: Request, form: Any, run: Callable[[Contract], None], *, heading: str
) -> HttpResponse:
    reach = queries.visible_to(request.user)

    def filtered(query: QueryDict) -> QuerySet[Contract]:
        view = query.get("view", "")
        found = queries.in_view(reach, view, on=clock.today())
        return queries.filtered(found, Find(query).filters(view, query.get("q", "")))

    return many.carried_out(
        request,
        form,
        run,
        among=many.chosen(many.given(request), reach, filtered),
        heading=heading,
        words=_words(),
        back=reverse("staff_contracts:index"),
    )


def _words() -> many.Words:
    return many.Words(
        count=lambda n: ngettext("%(n)s contract", "%(n)s contracts", n) % {"n": n},
        done=lambda n: ngettext("Done: %(n)s contract.", "Done: %(n)s contracts.", n) % {"n": n},
        left=lambda n: (
            ngettext("Not done: %(n)s contract.", "Not done: %(n)s contracts.", n) % {"n": n}
        ),
        none=_("Tick some contracts first."),
        too_many=_("That is more than 200 contracts. Narrow the filters and do it in parts."),
    )
