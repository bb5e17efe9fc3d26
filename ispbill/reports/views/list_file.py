"""/admin/reports/lists/<key>/: a whole table of the console as CSV or XLSX; who took it is kept."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_GET

from ispbill.accounts.access import demand_proof_for_file, may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.reports.queries import list_files
from ispbill.reports.queries.list_files import ListFile
from ispbill.reports.queries.lists import BY_KEY
from ispbill.reports.views import files


@require_GET
@staff_only("console.use")
def download(request: Request, key: str) -> HttpResponseBase:
    """Answer with a table; more than a few people leave with a fresh proof of who takes them."""
    one, kind = BY_KEY.get(key), request.GET.get("as", "csv")
    if one is None or kind not in {"csv", "xlsx"}:
        raise Http404
    if not may_take(request.user, one):
        raise PermissionDenied
    lines: files.Lines = [*list_files.rows(one, request.user, most=files.MOST_ROWS)]
    if one.names_people:
        demand_proof_for_file(request, len(lines))
    act = Act.now(request.user)
    with transaction.atomic():
        trail.begin(act=act)
        events.record(
            act=act,
            action="user.list_exported",
            target=request.user,
            after={"list": key, "rows": len(lines)},
            branch_id=None,
        )
    return files.of_list(key, list_files.head(one), lines, as_xlsx=kind == "xlsx")


def may_take(user: User, one: ListFile) -> bool:
    """Tell whether somebody may take a table along; those that name people need more."""
    return may(user, one.capability) and (not one.names_people or may(user, "customers.export"))
