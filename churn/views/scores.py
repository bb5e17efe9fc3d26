"""/admin/churn/: who may leave, how much is at stake, why; and its settings."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from churn.forms.scores import Find, SettingsForm
from churn.models import ChurnScore, ChurnSettings, RetentionTask
from churn.queries import scores as queries
from churn.queries import wording
from churn.queries.wording import Said
from churn.services import settings
from churn.views import words
from churn.views.model_words import GROUP_WORDS
from customers.models import Customer
from customers.views import links
from ispbill.accounts import editing, responses
from ispbill.accounts.access import demand_proof_for_file, may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, formats, paging
from ispbill.core.acts import Act

SIZE = 50
MOST_IN_FILE = 20_000
_ALL = "all"
_HEAD = [
    "customer_number", "name", "area", "branch", "level", "since", "probability", "points",
    "monthly_amount", "at_stake", "why", "task",
]  # fmt: skip


@require_GET
@staff_only("churn.view")
def index(request: Request) -> HttpResponse:
    """Who is at high risk, the most at stake first; the other levels by tab. `file`: as CSV."""
    visible = queries.visible_to(request.user)
    level, text = request.GET.get("level", "HIGH"), request.GET.get("q", "")
    form = Find(request.GET, user=request.user, reasons=GROUP_WORDS)
    asked = form.filters("" if level == _ALL or text else level, text)
    found = queries.filtered(visible, asked)
    if "file" in request.GET:
        return _file(request, list(queries.listed(found)[:MOST_IN_FILE]))
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    rows = list(queries.listed(found)[start : start + SIZE])
    context: dict[str, Any] = {
        "rows": _rows(rows),
        "form": form,
        "query": text,
        "chips": chips.of(form, request.GET),
        "is_filtered": bool(text or any(form.cleaned_data.values())),
        "is_swap": responses.is_fragment(request, "list"),
        "level": level,
        "pager": paging.numbered(start, size=SIZE, total=total),
        "file_query": paging.asked_anew(request.GET, file="csv"),
    }
    if not context["is_swap"]:
        context |= _head(request, visible, level)
    part, whole = "churn/staff/_scores.html", "churn/staff/index.html"
    return responses.region(request, context, part=part, page=whole, target="list")


@require_http_methods(["GET", "POST"])
@staff_only("churn.edit")
@editing.one_at_a_time
def change_settings(request: Request) -> HttpResponse:
    """Change how many are called, how many left alone, what may be offered; with a reason."""
    row = editing.held(request, ChurnSettings.current(), no_key=True)
    names = [name for name in SettingsForm.base_fields if name != "reason"]
    initial = {name: getattr(row, name) for name in names}
    form = editing.form(request, SettingsForm, about=row, initial=initial)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        settings.change(values=form.values(), act=act)
        return _("Saved.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Settings of churn"),
        label=_("Save"),
        back=reverse("staff_churn:index"),
    )


def _head(request: Request, visible: QuerySet[ChurnScore], level: str) -> dict[str, Any]:
    """Return the page's figures, tabs and the sentence on who reckoned."""
    found = queries.levels(visible)
    high, medium = (found.get(code, queries.Level()) for code in ("HIGH", "MEDIUM"))
    counts = {code: found.get(code, queries.Level()).count for code in Customer.ChurnRisk.values}
    names = [*reversed(Customer.ChurnRisk.choices), (_ALL, pgettext("churn", "All"))]
    newest = visible.select_related("model").order_by("-scored_at").first()
    return {
        "tabs": paging.tabs(
            request.GET, "level", names, counts=counts | {_ALL: sum(counts.values())}, current=level
        ),
        "tiles": [_tile(_("High risk"), high, "HIGH"), _tile(_("Medium risk"), medium, "MEDIUM")],
        "newest": newest,
        "is_learnt": newest is not None and newest.model is not None,
        "may_edit": may(request.user, "churn.edit"),
    }


def _tile(label: str, level: queries.Level, code: str) -> dict[str, Any]:
    people = ngettext("%(count)s customer", "%(count)s customers", level.count)
    note = _("pay %(amount)s a month") % {"amount": formats.whole_money(level.monthly)}
    return {
        "label": label,
        "value": people % {"count": formats.number(level.count)},
        "note": note,
        "url": f"?level={code}",
    }


def _rows(scores: list[ChurnScore]) -> list[dict[str, Any]]:
    said, tasks = wording.words(scores), queries.tasks_of(scores)
    return [
        {
            "score": one,
            "chance": words.short(one),
            "said": said.get(one.customer_id),
            "task": tasks.get(one.customer_id),
            "url": links.customer(one.customer.number, tab="churn"),
        }
        for one in scores
    ]


def _file(request: Request, scores: list[ChurnScore]) -> HttpResponse:
    demand_proof_for_file(request, len(scores))
    said, tasks = wording.words(scores), queries.tasks_of(scores)
    rows = [_cells(one, said.get(one.customer_id), tasks.get(one.customer_id)) for one in scores]
    return csv_file(f"churn-{clock.today()}", _HEAD, rows)


def _cells(one: ChurnScore, said: Said | None, task: RetentionTask | None) -> list[Any]:
    return [
        one.customer.number,
        one.customer.name,
        one.customer.area.name,
        one.branch.name,
        one.level,
        one.level_since.isoformat(),
        "" if one.probability is None else f"{one.probability:.4f}",
        one.points,
        one.monthly_amount,
        one.at_stake,
        said.text if said else "",
        task.state if task else "",
    ]
