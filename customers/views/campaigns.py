"""/admin/campaigns/: the list, a draft with its preview, one under way, and what came of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.forms.campaigns import AUDIENCE, CampaignForm, ConfirmForm
from customers.forms.listing import FilterDrawer
from customers.models import Campaign
from customers.queries import campaigns as queries
from customers.queries import letters
from customers.services import campaigns
from customers.views.filter_names import NAMES
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, keyset, paging
from ispbill.core.acts import Act
from ispbill.notifications.models import MessageSettings

SIZE = 50
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("messages.view")
def index(request: Request) -> HttpResponse:
    """Campaigns, the newest first, by state."""
    visible = queries.visible_to(request.user)
    state = request.GET.get("state", "")
    found = visible.filter(state=state) if state in Campaign.State.values else visible
    page = keyset.page(found.select_related("created_by"), size=SIZE, **keyset.asked(request.GET))
    counts = queries.counts(visible)
    names = [("", _("All")), *Campaign.State.choices]
    context = {
        "rows": page.rows,
        "tabs": paging.tabs(request.GET, "state", names, counts=counts),
        "pager": paging.foot(page, request.GET, size=SIZE, total=counts.get(state, 0)),
        "may_send": may(request.user, "messages.send"),
    }
    return responses.region(
        request,
        context,
        part="customers/staff/_campaigns.html",
        page="customers/staff/campaigns.html",
        target="list",
    )


@_both
@staff_only("messages.send")
def add(request: Request) -> HttpResponse:
    """Write a new campaign; it is looked at before anything is sent."""
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            campaign = campaigns.add(plan=form.plan(), act=Act.now(request.user))
            return responses.go(request, _address(campaign))
    return _page(request, form, _("New campaign"), back=reverse("staff_customers:campaigns"))


@_both
@staff_only("messages.send")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft."""
    campaign = editing.held(request, _campaign(request, pk))
    form = _form(request, campaign)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            campaigns.edit(campaign=campaign, plan=form.plan(), act=Act.now(request.user))
            return responses.go(request, _address(campaign), _("Saved."))
    return _page(request, form, campaign.name, back=_address(campaign))


@_both
@staff_only("messages.view")
def show(request: Request, pk: int) -> HttpResponse:
    """A draft with what sending it would come to, to be confirmed; or how far a campaign is."""
    campaign = _campaign(request, pk)
    if not campaign.is_draft:
        return _progress(request, campaign)
    at = clock.now()
    leaves_at = campaigns.first_chance(campaign, at=at)
    preview = queries.preview(campaign, user=request.user, at=at, leaves_at=leaves_at)
    asks: dict[str, Any] = {
        "asks_count": preview.outlook.count > campaigns.TYPED_ABOVE,
        "asks_reason": preview.is_over_budget,
    }
    may_send = may(request.user, "messages.send")
    is_sent = request.method == "POST" and may_send
    form = ConfirmForm(
        request.POST if is_sent else None, initial={"seen": preview.outlook.digest}, **asks
    )
    if is_sent and form.is_valid():
        act = Act(request.user, at, reason=form.reason_given)
        with responses.refusals_in(form):
            campaigns.confirm(campaign=campaign, consent=form.consent(at), act=act)
            return responses.go(request, _address(campaign), _("The campaign is confirmed."))
    context = {
        "campaign": campaign,
        "preview": preview,
        "form": form,
        "audience": _audience(campaign),
        "may_send": may_send,
    }
    return responses.form_page(request, "customers/staff/campaign_draft.html", context)


@_both
@staff_only("messages.send")
def stop(request: Request, pk: int) -> HttpResponse:
    """Ask why, then stop what has not left the house."""
    campaign = _campaign(request, pk)
    form = ReasonForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        campaigns.stop(campaign=campaign, act=act)
        return _("The campaign is stopped.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Stop %(name)s") % {"name": campaign.name},
        label=_("Stop campaign"),
        back=_address(campaign),
        effects=[
            _("Messages that have not left are cancelled. What has left cannot be taken back.")
        ],
        danger=True,
    )


def _progress(request: Request, campaign: Campaign) -> HttpResponse:
    outcome = queries.outcome(campaign)
    context = {
        "campaign": campaign,
        "outcome": outcome,
        "opted_out": queries.opted_out_since(campaign),
        "failures": queries.failures(campaign) if outcome.failed or outcome.unknown else [],
        "audience": _audience(campaign),
        "may_send": may(request.user, "messages.send"),
        "poll_url": request.path,
    }
    return responses.polled(
        request,
        context,
        part="customers/staff/_campaign.html",
        page="customers/staff/campaign.html",
        is_over=not campaign.is_under_way,
    )


def _form(request: Request, campaign: Campaign | None) -> CampaignForm:
    channels = MessageSettings.current().channels
    initial: dict[str, Any] = {"is_offer": True}
    if campaign is not None:
        initial = {
            name: getattr(campaign, name)
            for name in ("name", "channel", "subject", "text", "subject_bn", "text_bn", "is_offer")
        } | _chosen(campaign)
    return editing.form(
        request, CampaignForm, about=campaign, initial=initial, channels=channels, user=request.user
    )


def _chosen(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign's filters as its form is filled in with them."""
    values = dict(campaign.filters)
    values["overdue"] = "" if values["overdue_days"] is None else str(values["overdue_days"])
    return {name: "" if values.get(name) is None else values[name] for name in AUDIENCE}


def _audience(campaign: Campaign) -> list[dict[str, Any]]:
    """Return whom a campaign is for, filter by filter, in words."""
    form = FilterDrawer
    said = []
    for name, value in _chosen(campaign).items():
        if value in (None, "", [], ()):
            continue
        field = form.base_fields[name]
        words = dict(getattr(field, "choices", []))
        values = value if isinstance(value, list | tuple) else [value]
        name_of = NAMES.get(name, lambda one, words=words: words.get(one, one))
        said.append({"label": field.label, "value": ", ".join(str(name_of(one)) for one in values)})
    return said


def _page(request: Request, form: CampaignForm, heading: str, *, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back_url": back, "fields": letters.fields()}
    return responses.form_page(request, "customers/staff/campaign_form.html", context)


def _campaign(request: Request, pk: int) -> Campaign:
    rows = queries.visible_to(request.user).select_related("created_by", "confirmed_by")
    return get_object_or_404(rows, pk=pk)


def _address(campaign: Campaign) -> str:
    return reverse("staff_customers:campaign", args=[campaign.pk])
