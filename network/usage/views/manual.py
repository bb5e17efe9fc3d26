"""A-33, /admin/network/usage/sync/files/: days of usage from a file that somebody typed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from network.usage.forms.manual import UploadForm
from network.usage.models import UsageFile
from network.usage.queries import manual as queries
from network.usage.rules.manual import COLUMNS
from network.usage.services import manual


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
@takes_files
def upload(request: Request) -> HttpResponse:
    """Take a file and show what would come of each of its rows."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        with responses.refusals_in(form, "file"):
            file = manual.upload(name=given.name, content=given.content, act=Act.now(request.user))
            return responses.go(request, _address(file))
    return responses.dialog(
        request,
        form,
        heading=_("Usage from a file"),
        label=_("Upload"),
        back=reverse("staff_network:usage-sync"),
        effects=[
            _("You see each row before anything counts."),
            _("It counts on days that nobody has measured, and can be undone."),
        ],
    )


@require_GET
@staff_only("network.view")
def show(request: Request, pk: int) -> HttpResponse:
    """Show a file: its rows, what is wrong with some, and what became of them."""
    file = _file(request, pk)
    context = {
        "file": file,
        "picture": queries.picture(file),
        "may_edit": may(request.user, "network.edit"),
        "shown": queries.ROWS_SHOWN,
    }
    return responses.region(
        request,
        context,
        part="network/usage/staff/_file.html",
        page="network/usage/staff/file.html",
    )


@require_POST
@staff_only("network.edit")
def take(request: Request, pk: int) -> HttpResponse:
    """Let the rows without a fault count."""
    file = _file(request, pk)
    try:
        manual.take(file=file, act=Act.now(request.user))
    except DomainError as refusal:
        return responses.go(request, _address(file), str(refusal), level="error")
    return responses.go(request, _address(file), _("Taken in."))


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def undo(request: Request, pk: int) -> HttpResponse:
    """Bring the days back to what they were, with a reason."""
    file, form = _file(request, pk), ReasonForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        manual.undo(file=file, act=Act.now(request.user, reason=given["reason"]))
        return _("Undone.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Undo %(file)s") % {"file": file.name},
        label=_("Undo"),
        back=_address(file),
        effects=[_("Days that were changed since stay as they are.")],
        danger=True,
    )


@require_GET
@staff_only("network.view")
def errors(request: Request, pk: int) -> HttpResponse:
    """Download the rows that cannot count, each with what is wrong."""
    file = _file(request, pk)
    rows = file.rows.exclude(problem="").order_by("row_no")
    cells = [[one.row_no, one.get_problem_display(), one.username, one.date or ""] for one in rows]
    return csv_file(f"usage-errors-{file.pk}", [_("Row"), _("Problem"), *COLUMNS[:2]], cells)


def _file(request: Request, pk: int) -> UsageFile:
    return get_object_or_404(queries.visible_to(request.user), pk=pk)


def _address(file: UsageFile) -> str:
    return reverse("staff_network:usage-file", args=[file.pk])
