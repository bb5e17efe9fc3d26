"""/admin/billing/holidays/: the days on which no line is cut and no business is done."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.dunning.forms.policies import WEEKDAYS, HolidayForm
from billing.dunning.models import Holiday
from billing.dunning.services import policies as services
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company


@require_http_methods(["GET", "POST"])
@staff_only("settings.view")
def index(request: Request) -> HttpResponse:
    """List the days on which no line is cut, and add one."""
    may_edit = may(request.user, "settings.edit")
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_holiday(
            day=form.cleaned_data["day"],
            name=form.cleaned_data["name"],
            branch=form.cleaned_data["branch"],
            act=Act.now(request.user),
        )
        messages.success(request, _("The holiday is saved."))
        return redirect("staff_billing:holidays")
    on = clock.today()
    found = Holiday.objects.filter(day__gte=on - timedelta(days=31)).select_related("branch")
    names = dict(WEEKDAYS)
    rest = [str(names[day]) for day in Company.current().rest_weekdays]
    context = {
        "form": form,
        "may_edit": may_edit,
        "holidays": found.order_by("day", "pk"),
        "rest_days": ", ".join(rest) or _("none"),
    }
    return responses.form_page(request, "billing/dunning/staff/holidays.html", context)


@require_POST
@staff_only("settings.edit")
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a holiday back."""
    holiday = get_object_or_404(Holiday, pk=pk)
    services.remove_holiday(holiday=holiday, act=Act.now(request.user))
    messages.success(request, _("The holiday is removed."))
    return redirect("staff_billing:holidays")
