"""The steps of an outage, each asked in a dialog."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.outages.forms import outages as forms
from network.outages.models import Outage
from network.outages.queries import outages as queries
from network.outages.queries import reach
from network.outages.rules import moves
from network.outages.services import moving, opening, telling
from network.outages.views import staff

_BOTH = ["GET", "POST"]


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def add(request: Request) -> HttpResponse:
    """Ask for a new outage or for works, and open it."""
    now = clock.now().astimezone(clock.zone())
    form = forms.OutageForm(
        request.POST or None, user=request.user, initial={"started_at": forms.now_in(now)}
    )
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            outage = opening.open_outage(plan=form.plan(), act=Act.now(request.user))
            text = _("%(number)s is open. Nobody was told yet.") % {"number": outage.number}
            return responses.go(request, _address(outage), text)
    context = {"form": form}
    return responses.form_page(request, "network/outages/staff/form.html", context)


@require_GET
@staff_only("outages.edit")
def preview(request: Request) -> HttpResponse:
    """Say how many the chosen places reach, before anything is opened."""
    form = forms.Places(request.GET, user=request.user)
    form.is_valid()
    areas, routers = form.cleaned_data.get("areas", []), form.cleaned_data.get("routers", [])
    people = reach.people(areas=[int(one) for one in areas], routers=[int(one) for one in routers])
    context = {"customers": len(people), "services": sum(one.services for one in people)}
    return render(request, "network/outages/staff/_reach_count.html", context)


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def post(request: Request, number: str) -> HttpResponse:
    """Tell how it stands, in which phase; take on what was proposed."""
    outage = own(request, number)
    is_new = outage.is_proposed
    found = telling.preview(outage, at=clock.now())
    initial = {"seen": found.seen, "state": moves.INVESTIGATING if is_new else outage.state}
    form = forms.UpdateForm(request.POST or None, outage=outage, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            moving.post(
                outage=outage,
                state=form.cleaned_data["state"],
                words=form.words(),
                act=Act.now(request.user),
            )
        except telling.ReachChanged as error:
            # The number was another one: it is shown anew, and asked again.
            data = request.POST.copy()
            data["seen"] = found.seen
            form = forms.UpdateForm(data, outage=outage)
            form.add_error(None, str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return responses.go(request, _address(outage), _("Published."))
    return responses.dialog(
        request,
        form,
        heading=_("Take it on") if is_new else _("Post update"),
        label=_("Publish"),
        back=_address(outage),
        effects=[_in_reach(found), _("The status page and the portal show it at once.")],
    )


@require_POST
@staff_only("outages.edit")
def tell(request: Request, number: str) -> HttpResponse:
    """Send the latest words to everybody in reach."""
    outage = own(request, number)
    try:
        count = moving.tell(
            outage=outage, seen=request.POST.get("seen", ""), act=Act.now(request.user)
        )
    except DomainError as error:
        return responses.go(request, _address(outage), str(error), level="error")
    text = ngettext("%(n)d message queued.", "%(n)d messages queued.", count) % {"n": count}
    return responses.go(request, _address(outage), text)


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def resolve(request: Request, number: str) -> HttpResponse:
    """Ask when service was back, and close it."""
    outage = own(request, number)
    now = clock.now().astimezone(clock.zone())
    initial = {
        "restored_at": forms.now_in(now),
        "text": "The connection works again.",
        "local_text": "সংযোগ আবার চালু হয়েছে।",
    }
    form = forms.ResolveForm(request.POST or None, initial=initial)
    told = outage.told.filter(cleared_at=None).count()
    effects = [
        ngettext("%(n)d address gets the all-clear.", "%(n)d addresses get the all-clear.", told)
        % {"n": told},
        _("Messages that have not left yet are dropped."),
    ]
    return _ask(
        request,
        outage,
        form,
        lambda act: moving.resolve(
            outage=outage, restored_at=form.cleaned_data["restored_at"], words=form.words(), act=act
        ),
        heading=_("Resolve %(number)s") % {"number": outage.number},
        label=_("Resolve"),
        effects=effects,
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def reopen(request: Request, number: str) -> HttpResponse:
    """It was not over: ask why, and open it again."""
    outage = own(request, number)
    return _ask(
        request,
        outage,
        ReasonForm(request.POST or None),
        lambda act: moving.reopen(outage=outage, act=act),
        heading=_("Open %(number)s again") % {"number": outage.number},
        label=_("Open again"),
        effects=[_("Downtime runs through, as if it had never been over.")],
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def cancel(request: Request, number: str) -> HttpResponse:
    """Take back a proposal, or works."""
    outage = own(request, number)
    return _ask(
        request,
        outage,
        ReasonForm(request.POST or None),
        lambda act: moving.cancel(outage=outage, act=act),
        heading=_("Cancel %(number)s") % {"number": outage.number},
        label=_("Cancel it"),
        effects=[_("It is no outage, or the works will not be.")],
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def merge(request: Request, number: str) -> HttpResponse:
    """Ask which outage this one is part of."""
    outage = own(request, number)
    choices = queries.editable_by(request.user).filter(state__in=moves.PHASES)
    form = forms.MergeForm(request.POST or None, choices=choices.exclude(pk=outage.pk))
    return _ask(
        request,
        outage,
        form,
        lambda act: moving.merge(outage=outage, into=form.cleaned_data["into"], act=act),
        heading=_("Merge %(number)s") % {"number": outage.number},
        label=_("Merge"),
        effects=[_("Places unite and the earliest start holds.")],
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def add_places(request: Request, number: str) -> HttpResponse:
    """Ask which places it touches too."""
    outage = own(request, number)
    now = clock.now().astimezone(clock.zone())
    form = forms.PlacesForm(
        request.POST or None, user=request.user, initial={"since": forms.now_in(now)}
    )
    return _ask(
        request,
        outage,
        form,
        lambda act: moving.add_places(
            outage=outage,
            areas=form.chosen_areas(),
            routers=form.chosen_routers(),
            since=form.cleaned_data["since"],
            act=act,
        ),
        heading=_("Add places"),
        label=_("Add"),
        effects=[_("Customers there are told with the next message.")],
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
def end_place(request: Request, number: str, pk: int) -> HttpResponse:
    """Give one place its all-clear."""
    outage = own(request, number)
    scope = get_object_or_404(outage.scopes.select_related("outage", "area", "router"), pk=pk)
    now = clock.now().astimezone(clock.zone())
    form = forms.EndPlaceForm(request.POST or None, initial={"ended_at": forms.now_in(now)})
    return _ask(
        request,
        outage,
        form,
        lambda act: moving.end_place(scope=scope, ended_at=form.cleaned_data["ended_at"], act=act),
        heading=_("All-clear for %(place)s") % {"place": scope.area or scope.router},
        label=_("All-clear"),
        effects=[_("Customers there who were told get the all-clear; the others wait.")],
    )


@require_http_methods(_BOTH)
@staff_only("outages.edit")
@editing.one_at_a_time
def correct(request: Request, number: str) -> HttpResponse:
    """Correct what is known of an outage, with a reason."""
    outage = editing.held(request, own(request, number), no_key=True)
    initial = {name: getattr(outage, name) for name in moving.Facts.__dataclass_fields__}
    form = editing.form(request, forms.FactsForm, about=outage, initial=initial)
    return _ask(
        request,
        outage,
        form,
        lambda act: moving.correct(outage=outage, facts=form.facts(), act=act),
        heading=_("Edit %(number)s") % {"number": outage.number},
        label=_("Save"),
    )


def own(request: Request, number: str) -> Outage:
    """Return an outage whose steps the person may take; another branch's is not found."""
    outage = staff.of(request, number)
    if not staff.is_editable(request, outage):
        raise Http404
    return outage


def _ask(
    request: Request,
    outage: Outage,
    form: Any,
    do: Callable[[Act[Any]], object],
    *,
    heading: str,
    label: str,
    effects: list[str] | None = None,
) -> HttpResponse:
    """Ask with a form, take the step, and show the outage as it is then."""
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            do(Act.now(request.user, reason=form.cleaned_data.get("reason", "")))
            return responses.go(request, _address(outage), _("Done."))
    back = _address(outage)
    return responses.dialog(
        request, form, heading=heading, label=label, back=back, effects=effects or []
    )


def _in_reach(found: reach.Reach) -> str:
    return _("In reach: %(customers)d customers, %(messages)d messages.") % {
        "customers": found.customers,
        "messages": found.messages,
    }


def _address(outage: Outage) -> str:
    return reverse("staff_network:outage", args=[outage.number])
