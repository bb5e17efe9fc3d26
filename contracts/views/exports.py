"""The contracts a filter leaves: as a table, and their papers in one file."""

import io
import zipfile
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contracts.forms.staff import Find
from contracts.models import Contract
from contracts.queries import contracts as queries
from ispbill.accounts import downloads
from ispbill.accounts.access import demand_proof_for_file, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, made_files, sheets

MOST_ROWS = 10_000
MOST_PAPERS = 200


@require_GET
@staff_only("customers.export")
def table(request: Request) -> HttpResponse:
    """Number, customer, state and days of what the list shows; `?as=xlsx`."""
    rows = list(queries.listed(_found(request)).order_by("-pk")[:MOST_ROWS])
    demand_proof_for_file(request, len(rows))
    head = [
        _("Contract"),
        _("Number"),
        _("Customer"),
        _("State"),
        _("Template"),
        _("First day"),
        _("Term until"),
        _("Minimum until"),
        _("Signed"),
        _("Ended"),
    ]
    make = downloads.xlsx_file if request.GET.get("as") == "xlsx" else downloads.csv_file
    return make("contracts", head, _cells(rows))


@require_GET
@staff_only("customers.export")
def bundle(request: Request) -> HttpResponse:
    """The papers of at most 200 contracts of the list: sealed where they are, else as sent."""
    rows = list(_found(request).select_related("seal").order_by("-pk")[:MOST_PAPERS])
    demand_proof_for_file(request, len(rows))
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        for one in rows:
            seal = getattr(one, "seal", None)
            place = made_files.place(seal.path if seal is not None and seal.path else one.path)
            if place is not None:
                file.writestr(f"{one.number}.pdf", place.read_bytes())
    response = HttpResponse(kept.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="contracts.zip"'
    return response


def offered(request: Request) -> list[dict[str, str]]:
    """Return what the list's menu offers to take along."""
    query = request.GET.urlencode()
    address = f"{reverse('staff_contracts:export')}?{query}"
    papers = f"{reverse('staff_contracts:papers')}?{query}"
    return [
        *sheets.offered(address, f"{address}&as=xlsx"),
        {"label": _("Papers as ZIP"), "url": papers},
    ]


def _found(request: Request) -> QuerySet[Contract]:
    view, text = request.GET.get("view", ""), request.GET.get("q", "")
    visible = queries.in_view(queries.visible_to(request.user), view, on=clock.today())
    return queries.filtered(visible, Find(request.GET).filters(view, text))


def _cells(rows: list[Contract]) -> Iterator[list[sheets.Cell]]:
    for one in rows:
        yield [
            one.number,
            one.customer.number,
            one.customer.name,
            one.get_state_display(),
            one.version.agreement.name,
            one.starts_on,
            one.ends_on,
            one.minimum_until,
            clock.local_date(one.signed_at) if one.signed_at else None,
            one.ended_on,
        ]
