"""/admin/settings/: the company's own settings, with an example of what they mean."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.dunning.queries import policies
from ispbill.accounts import editing, responses
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.services import company as services
from ispbill.audit.models import AuditEvent
from ispbill.audit.queries import timeline
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.portals.forms.company import Settings
from ispbill.portals.forms.setting_groups import PROVEN, Group
from ispbill.portals.queries import settings_example
from ispbill.portals.queries.settings_example import Example

_CHANGES = 60  # of the latest, looked through for who changed what last


@staff_only("settings.view")
@require_http_methods(["GET", "POST"])
@editing.one_at_a_time
def settings(request: Request) -> HttpResponse:
    """Show and change the company's settings; changing needs its own permission and a reason."""
    may_edit = may(request.user, "settings.edit")
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    company = editing.held(request, _fresh())
    form = editing.form(
        request,
        Settings,
        about=company,
        form_id="settings-form",
        instance=company,
        has_own_ladder=policies.company_has_own_ladder(),
    )
    if request.method == "POST" and form.is_valid():
        if PROVEN & set(form.changed_data):
            demand_proof(request)
        with responses.refusals_in(form):
            services.change(
                values=form.values(), act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            messages.success(request, _("The settings are saved."))
            return redirect("staff:settings")
    if not may_edit:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "groups": _groups(form),
        "may_edit": may_edit,
        "example": _example(Company.current()),
    }
    return responses.form_page(request, "staff/settings/index.html", context)


@staff_only("settings.view")
@require_GET
def example(request: Request) -> HttpResponse:
    """The example for what is typed, saved or not; where it cannot be read, for what is saved."""
    form = Settings(request.GET, instance=_fresh())
    form.is_valid()
    typed = form.cleaned_data
    shown = _fresh()
    for name in ("proration", "invoice_lead_days", "grace_days"):
        if name in typed:
            setattr(shown, name, typed[name])
    if "tax_percent" in typed:
        shown.tax_rate = typed["tax_percent"] / 100
    if "reminder_days" in typed:
        shown.reminder_offsets = typed["reminder_days"]
    return render(request, "staff/settings/_example.html", {"example": _example(shown)})


def _groups(form: Settings) -> list[tuple[Group, list[BoundField], AuditEvent | None]]:
    """The fields under their headings, and who changed anything there last."""
    changes = timeline.events(timeline.Filters(action="company.changed"))[:_CHANGES]
    touched = [(event, {change.label for change in timeline.changes(event)}) for event in changes]
    return [
        (
            group,
            fields,
            next((event for event, names in touched if names & set(group.columns)), None),
        )
        for group, fields in form.groups()
    ]


def _fresh() -> Company:
    """Return the row as it is, not as it is remembered; made where it is missing."""
    company = Company.objects.filter(pk=1).first()
    if company is None:
        Company.forget_cached()
        company = Company.current()
    return company


def _example(company: Company) -> Example:
    return settings_example.of(
        on=clock.today(),
        proration=company.proration,
        tax_rate=company.tax_rate,
        lead_days=company.invoice_lead_days,
        grace_days=company.grace_days,
        reminder_offsets=company.reminder_offsets,
    )
