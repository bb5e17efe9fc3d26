"""What is done about many contracts of the list at once: the ticked ones, or all of the filters."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.forms.staff import Find, Nothing, ReasonForm
from contracts.models import Contract
from contracts.queries import contracts as queries
from contracts.services import bulk, renewal
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST = 200

_both = require_http_methods(["GET", "POST"])


@_both
@staff_only("contracts.edit")
def send(request: Request) -> HttpResponse:
    """Have the chosen drafts sent to be signed, by a worker."""
    form = Nothing(request.POST or None)

    def run(contract: Contract, given: dict[str, Any]) -> None:
        bulk.ask_to_send(contract=contract, act=Act.now(request.user))

    return _asked(request, form, run, heading=_("Send to be signed"))


@_both
@staff_only("contracts.edit")
def renew(request: Request) -> HttpResponse:
    """Let the chosen contracts go on for another term."""
    form = ReasonForm(request.POST or None)

    def run(contract: Contract, given: dict[str, Any]) -> None:
        act = Act.now(request.user, reason=given["reason"])
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
    request: Request, form: Any, run: Callable[[Contract, dict[str, Any]], None], *, heading: str
) -> HttpResponse:
    """Ask once and do it to each; what one refuses does not keep the others from it."""
    given = request.POST if request.method == "POST" else request.GET
    rows, repeated = _chosen(request, given)
    back = reverse("staff_contracts:index")
    refusal = _refusal(rows)
    if request.method == "POST" and refusal:
        form.add_error(None, refusal)
    elif request.method == "POST" and form.is_valid():
        done, refused = 0, ""
        for contract in rows:
            try:
                run(contract, form.cleaned_data)
            except DomainError as error:
                refused = refused or str(error)
            else:
                done += 1
        if done:
            return responses.done(request, _said(done, len(rows) - done, refused), back=back)
        form.add_error(None, refused)
    count = ngettext("%(n)s contract", "%(n)s contracts", len(rows)) % {"n": len(rows)}
    context = {
        "form": form,
        "form_action": request.path,
        "heading": f"{heading}: {count}",
        "confirm_label": heading,
        "repeated": repeated,
        "back_url": back,
    }
    return responses.form_page(request, "staff/many.html", context)


def _chosen(request: Request, given: QueryDict) -> tuple[list[Contract], list[tuple[str, str]]]:
    """Return the contracts in reach that are meant, and how the form tells of them again."""
    reach = queries.visible_to(request.user)
    if given.get("all") == "1":
        query = QueryDict(given.get("filters", ""))
        view = query.get("view", "")
        found = queries.in_view(reach, view, on=clock.today())
        rows = queries.filtered(found, Find(query).filters(view, query.get("q", "")))
        kept = [("all", "1"), ("filters", given.get("filters", ""))]
        return list(rows.order_by("pk")[: MOST + 1]), kept
    ids = [one for one in given.getlist("ids") if one.isascii() and one.isdigit()][: MOST + 1]
    rows = reach.filter(pk__in=[int(one) for one in ids if len(one) < 19]).order_by("pk")
    return list(rows), [("ids", one) for one in ids]


def _refusal(rows: list[Contract]) -> str:
    if not rows:
        return _("Tick some contracts first.")
    if len(rows) > MOST:
        return _("That is more than 200 contracts. Narrow the filters and do it in parts.")
    return ""


def _said(done: int, left: int, refused: str) -> str:
    said = ngettext("Done: %(n)s contract.", "Done: %(n)s contracts.", done) % {"n": done}
    if not left:
        return said
    rest = ngettext("Not done: %(n)s contract.", "Not done: %(n)s contracts.", left) % {"n": left}
    return f"{said} {rest} {refused}"
