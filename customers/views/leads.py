"""Leads: the list by stage, adding, changing, moving; `signup` converts them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.forms.customer import shown_phone
from customers.forms.leads import FindLeads, LeadForm, MoveForm, initial
from customers.models import Lead
from customers.queries import leads as queries
from customers.services import leads
from customers.views import plain_form
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, digits, paging
from ispbill.core.acts import Act

_SIZE = 50
_CARDS = 30
# What a stage asks for before a lead may lie in it.
_ASKS = {"WON": "convert", "LOST": "reason"}


@require_GET
@staff_only("leads.view")
def index(request: Request) -> HttpResponse:
    """Show leads by stage, what is to be done first on top."""
    visible = queries.visible_to(request.user)
    form = FindLeads(request.GET, user=request.user, sources=queries.sources(visible))
    visible = queries.narrowed(visible, on=clock.today(), **form.wanted())
    tools = {
        "form": form,
        "chips": chips.of(form, request.GET),
        "kept": {name: request.GET.get(name, "") for name in ("stage", "as")},
    }
    counts = queries.counts(visible)
    stage = request.GET.get("stage", "")
    stage = stage if stage in counts else ""
    text = request.GET.get("q", "")[:80]
    if is_board := request.GET.get("as") == "board":
        context = tools | _board(request, visible, counts, text)
        template = "_leads_board.html" if responses.is_fragment(request, "list") else "leads.html"
        return responses.varied(render(request, f"customers/staff/{template}", context))
    page = digits.whole(request.GET.get("page", "")) or 0
    rows = list(
        queries.listed(visible, stage=stage, text=text)[page * _SIZE : (page + 1) * _SIZE + 1]
    )
    context = tools | {
        "leads": [{"lead": lead, "phone": shown_phone(lead.phone)} for lead in rows[:_SIZE]],
        "stage": stage,
        "query": text,
        "next_page": page + 1 if len(rows) > _SIZE else None,
        "previous_page": page - 1 if page else None,
        "today": clock.today(),
        "may_edit": may(request.user, "leads.edit"),
        "is_board": is_board,
        "conversion": queries.conversion(counts),
        "list_url": paging.asked_anew(request.GET, **{"as": ""}),
        "board_url": paging.asked_anew(request.GET, "stage", **{"as": "board"}),
        "tabs": paging.tabs(
            request.GET,
            "stage",
            [("", _("All")), *Lead.Stage.choices],
            current=stage,
            counts={"": sum(counts.values()), **counts},
        ),
    }
    template = "_leads.html" if responses.is_fragment(request, "list") else "leads.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


def _board(
    request: Request, visible: QuerySet[Lead], counts: dict[str, int], text: str
) -> dict[str, Any]:
    on = clock.today()
    stages = []
    for key, label in Lead.Stage.choices:
        rows = list(queries.listed(visible, stage=key, text=text)[: _CARDS + 1])
        stages.append(
            {
                "key": key,
                "label": str(label),
                "count": counts[key],
                "ask": _ASKS.get(key, ""),
                "cards": [
                    {
                        "lead": lead,
                        "phone": shown_phone(lead.phone),
                        "is_late": lead.is_open and (lead.next_action_on or on) < on,
                    }
                    for lead in rows[:_CARDS]
                ],
                "older_url": f"{request.path}?stage={key}" if len(rows) > _CARDS else "",
            }
        )
    return {
        "stages": stages,
        "query": text,
        "is_board": True,
        "conversion": queries.conversion(counts),
        "list_url": paging.asked_anew(request.GET, **{"as": ""}),
        "board_url": paging.asked_anew(request.GET, "stage", **{"as": "board"}),
        "may_edit": may(request.user, "leads.edit"),
    }


@require_http_methods(["GET", "POST"])
@staff_only("leads.edit")
def add(request: Request) -> HttpResponse:
    """Write down a new lead."""
    start = {"owner": request.user.pk, "branch": request.user.branch_id}
    form = LeadForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            act = Act.now(request.user)
            lead = leads.add(interest=form.interest(), act=act)
            again = _("%(name)s has an open lead: it got a note.") % {"name": lead.name}
            return _done(request, _("The lead is added.") if lead.created_at == act.at else again)
    return _form(request, form, _("Add lead"))


@require_http_methods(["GET", "POST"])
@staff_only("leads.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a lead."""
    lead = editing.held(request, get_object_or_404(queries.visible_to(request.user), pk=pk))
    form = editing.form(request, LeadForm, about=lead, user=request.user, initial=initial(lead))
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            leads.edit(lead=lead, interest=form.interest(), act=Act.now(request.user))
            return _done(request, _("Saved."))
    return _form(request, form, _("Edit lead"))


@require_http_methods(["GET", "POST"])
@staff_only("leads.edit")
def move(request: Request, pk: int) -> HttpResponse:
    """Put a lead into another stage."""
    lead = get_object_or_404(queries.visible_to(request.user), pk=pk)
    asked = request.GET.get("stage", "")
    start = {
        "stage": asked if asked in Lead.Stage.values else lead.stage,
        "lost_reason": lead.lost_reason,
    }
    form = MoveForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            leads.move(lead=lead, act=Act.now(request.user), **form.cleaned_data)
            return _done(request, _("Moved."))
    return _form(request, form, _("Move %(name)s to") % {"name": lead.name})


def _form(request: Request, form: Any, title: str) -> HttpResponse:
    back = reverse("staff_customers:leads")
    return plain_form.show(request, form, title, back=back, back_label=_("Leads"))


def _done(request: Request, text: str) -> HttpResponse:
    back = reverse("staff_customers:leads")
    return responses.done(request, text, back=back)
