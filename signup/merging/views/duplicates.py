"""/admin/customers/duplicates/: who may be one person, side by side, made one and apart again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer, DuplicatePair, Merge
from customers.queries import directory, suspects
from customers.rules import similarity
from customers.services import suspicion
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import digits, paging
from ispbill.core.acts import Act
from signup.merging.queries import pairs
from signup.merging.services import merging

SIZE = 50
WORDS: dict[str, Promise] = {
    similarity.NATIONAL_ID: gettext_lazy("same national id"),
    similarity.PHONE: gettext_lazy("same phone"),
    similarity.EMAIL: gettext_lazy("same e-mail"),
    similarity.ALTERNATE: gettext_lazy("phone is the other's second phone"),
    similarity.NAME: gettext_lazy("similar name"),
    similarity.ADDRESS: gettext_lazy("same address"),
    similarity.OTHER_ID: gettext_lazy("different national ids"),
}
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("customers.edit")
def index(request: Request) -> HttpResponse:
    """List the pairs to look at, those set aside, and the accounts that were made one."""
    labels = {"look": _("To look at"), "ignored": _("Set aside"), "merged": _("Made one")}
    tab = request.GET.get("tab", "look")
    tab = tab if tab in labels else "look"
    number = digits.whole(request.GET.get("page", "")) or 0
    waiting = suspects.open_pairs(request.user)
    found = suspects.ignored_pairs(request.user) if tab == "ignored" else waiting
    rows = list(found[number * SIZE : (number + 1) * SIZE + 1]) if tab != "merged" else []
    context = {
        "tab": tab,
        "rows": [(row, _why(row.why), row.score >= similarity.LIKELY) for row in rows[:SIZE]],
        "merges": pairs.merged(request.user) if tab == "merged" else [],
        "may_merge": may(request.user, "customers.merge"),
        "next_page": number + 1 if len(rows) > SIZE else None,
        "previous_page": number - 1 if number else None,
        "tabs": paging.tabs(
            request.GET, "tab", labels.items(), current=tab, counts={"look": waiting.count()}
        ),
    }
    return render(request, "signup/merging/index.html", context)


@require_GET
@staff_only("customers.edit")
def compare(request: Request, number: str, other: str) -> HttpResponse:
    """Show two accounts side by side."""
    first, second = _customer(request, number), _customer(request, other)
    score, why = pairs.likeness(first, second)
    may_merge = may(request.user, "customers.merge")
    pair = pairs.pair_of(first, second)
    context = {
        "first": first,
        "second": second,
        "score": score,
        "why": _why(why),
        "lines": pairs.lines(first, second, with_money=may(request.user, "billing.view")),
        "may_merge": may_merge and not (first.is_archived or second.is_archived),
        "ignore_url": reverse("staff_signup:ignore-pair", args=[pair.pk])
        if pair is not None and may_merge
        else "",
        "ignored": pair is not None and pair.ignored_score is not None and pair,
    }
    return render(request, "signup/merging/compare.html", context)


@_both
@staff_only("customers.merge")
def merge(request: Request, number: str, other: str) -> HttpResponse:
    """Ask why, then make the second account a part of the first."""
    survivor, absorbed = _customer(request, number), _customer(request, other)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def carry_out(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        merging.merge(survivor=survivor, absorbed=absorbed, act=act)
        said = _("%(other)s is now a part of %(number)s.")
        return said % {"other": absorbed.number, "number": survivor.number}

    is_asked = not form.is_bound or not form.is_valid()
    compared = reverse("staff_signup:compare", args=[number, other])
    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_("Keep %(number)s") % {"number": survivor.number},
        label=_("Make them one"),
        back=compared if is_asked else reverse("staff_customers:customer", args=[survivor.number]),
        effects=pairs.effects(survivor, absorbed),
        danger=True,
    )


@_both
@staff_only("customers.merge")
def ignore(request: Request, pk: int) -> HttpResponse:
    """Ask why two accounts are not one person, and set the pair aside."""
    mine = directory.visible_to(request.user).values("pk")
    found = DuplicatePair.objects.filter(first__in=mine, second__in=mine)
    pair = get_object_or_404(found.select_related("first", "second"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def carry_out(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        suspicion.ignore(pair=pair, act=act)
        return _("Set aside, until they are more alike than now.")

    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_("Two people"),
        label=_("Set aside"),
        back=reverse("staff_signup:duplicates"),
        effects=[_("The pair is not shown any more, unless it becomes more alike.")],
    )


@_both
@staff_only("customers.merge")
def undo(request: Request, pk: int) -> HttpResponse:
    """Ask why, then take two accounts apart again."""
    mine = directory.visible_to(request.user).values("pk")
    found = Merge.objects.filter(survivor__in=mine, absorbed__in=mine, undone_at=None)
    merged = get_object_or_404(found.select_related("survivor", "absorbed"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def carry_out(given: dict[str, Any]) -> str:
        merging.undo(merged=merged, act=Act.now(request.user, reason=given["reason"]))
        return _("%(number)s is an account of its own again.") % {"number": merged.absorbed.number}

    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_("Take %(number)s apart again") % {"number": merged.absorbed.number},
        label=_("Take apart"),
        back=reverse("staff_customers:customer", args=[merged.survivor.number]),
        effects=[
            _("Services, tickets and what else went over return."),
            _("Documents written since stay with %(number)s.") % {"number": merged.survivor.number},
            _("Money returns as far as nobody has paid or spent it since."),
        ],
        danger=True,
    )


def _customer(request: Request, number: str) -> Customer:
    rows = directory.visible_to(request.user).select_related("area", "branch", "account_state")
    return get_object_or_404(rows, number=number)


def _why(why: list[str]) -> str:
    return ", ".join(str(WORDS.get(one, one)) for one in why)
