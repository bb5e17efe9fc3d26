"""Reports and photos of jobs, for those who may see the job."""

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from fieldservice.models import Photo
from fieldservice.queries import orders
from fieldservice.services import papers
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import made_files


@staff_only("field.view")
@require_http_methods(["GET", "POST"])
def staff_report(request: Request, number: str) -> HttpResponse:
    """The report of a job that has ended, as PDF in the customer's language."""
    visible = orders.visible_to(request.user).select_related("customer")
    order = get_object_or_404(visible, number=number, state__in=["COMPLETED", "FAILED"])
    asked = Asked(
        papers.REPORT, order.pk, order.customer.language, order.customer, number, "staff/shell.html"
    )
    return documents.answer(request, asked)


@staff_only("field.view")
@require_safe
def photo(request: Request, pk: int) -> HttpResponseBase:
    """One photo of a job."""
    row = get_object_or_404(Photo, pk=pk, visit__order__in=orders.visible_to(request.user))
    place = made_files.place(row.path)
    if place is None:
        raise Http404
    response = FileResponse(place.open("rb"), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
