"""/admin/: the tax certificates of a customer."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.tax_certificates import CertificateForm, WithdrawForm
from customers.models import TaxCertificate
from customers.queries import tax_certificates as queries
from customers.services import tax_certificates
from customers.views import scope
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from ispbill.core.uploads import FileRefused


@require_http_methods(["GET", "POST"])
@staff_only("customers.view")
@takes_files
def index(request: Request, number: str) -> HttpResponse:
    """List a customer's certificates; those who may record another."""
    customer, at = scope.customer(request, number), clock.now()
    on, may_edit = clock.local_date(at), may(request.user, "tax.edit")
    form = CertificateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not may_edit:
        return HttpResponse(status=403)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            tax_certificates.record(
                customer=customer,
                number=given["number"],
                valid_from=given["valid_from"],
                valid_until=given["valid_until"],
                file_name=given["file"].name,
                content=given["file"].content,
                act=Act(request.user, at),
            )
        except FileRefused as error:
            form.add_error("file", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The certificate is recorded."))
            return HttpResponseRedirect(request.path)
    context = {
        "customer": customer,
        "rows": [
            {
                "one": one,
                "holds": not one.is_withdrawn and one.valid_from <= on <= one.valid_until,
                "is_over": one.valid_until < on,
            }
            for one in queries.of_customer(customer)
        ],
        "form": form if may_edit else None,
    }
    return responses.form_page(request, "customers/staff/tax_certificates.html", context)


@require_GET
@staff_only("customers.view")
def file(request: Request, pk: int) -> HttpResponse:
    """Hand out the file as it was kept, to be saved rather than shown."""
    row = get_object_or_404(queries.visible_to(request.user), pk=pk)
    response = HttpResponse(bytes(row.file), content_type=row.file_type)
    response["Content-Disposition"] = f'attachment; filename="tax-certificate-{row.pk}.{_end(row)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@staff_only("tax.edit")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Let a certificate count no more, with the reason."""
    row = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    form, at = WithdrawForm(request.POST), clock.now()
    if not form.is_valid():
        messages.error(request, _("Please say it in at least ten characters."))
    else:
        with responses.refusals_told(request):
            tax_certificates.withdraw(
                certificate=row, act=Act(request.user, at, reason=form.cleaned_data["reason"])
            )
            messages.success(request, _("The certificate is withdrawn."))
    return HttpResponseRedirect(
        reverse("staff_customers:tax-certificates", args=[row.customer.number])
    )


def _end(row: TaxCertificate) -> str:
    return {"application/pdf": "pdf", "image/png": "png"}.get(row.file_type, "jpg")
