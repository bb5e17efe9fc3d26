"""What staff do about who is past due: promises, exclusions, one customer or many."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from billing.forms.dunning import EndForm, ExclusionForm, PromiseForm, UntilForm, WithdrawForm
from billing.forms.reasons import ReasonForm
from billing.queries import due_queue
from billing.services import exclusions, promises
from billing.views import answers, words
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError

MOST = 500


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def promise(request: Request, number: str) -> HttpResponse:
    """Note a promise to pay."""
    customer, on = answers.customer(request, number), clock.today()
    longest = promises.longest_days(customer, on=on)
    form = PromiseForm(request.POST or None, on=on, longest=longest)
    standing = customer.standing
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        try:
            promises.promise(
                customer=customer, until=until, reason=form.full_reason(), on=on,
                at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = _("%(name)s promises to pay by %(until)s.") % {
                "name": customer.name, "until": words.day(until),
            }  # fmt: skip
            return answers.done(request, text, back=_back())
    return _dialog(
        request,
        form,
        heading=_("Promise to pay: %(name)s") % {"name": customer.name},
        confirm_label=_("Promise to pay"),
        is_possible=standing.balance_amount > 0,
        refusal=_("This customer owes nothing."),
        effects=[
            _("Owed now: %(amount)s.") % {"amount": formats.money(standing.balance_amount)},
            _("Nothing is cut off for non-payment before that day is over."),
            _("The bill stays due; reminders go on."),
        ],
        changes=[
            {
                "label": _("Promise"),
                "before": words.day(standing.promised_until)
                if standing.promised_until
                else _("None"),
                "after": _("the day chosen here"),
            }
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def withdraw(request: Request, number: str) -> HttpResponse:
    """Take a promise back."""
    customer = answers.customer(request, number)
    form = WithdrawForm(request.POST or None)
    until = customer.standing.promised_until
    if request.method == "POST" and form.is_valid():
        try:
            promises.withdraw(
                customer=customer, reason=form.full_reason(), at=clock.now(), actor=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return answers.done(request, _("The promise is taken back."), back=_back())
    return _dialog(
        request,
        form,
        heading=_("Take back the promise of %(name)s?") % {"name": customer.name},
        confirm_label=_("Take back"),
        is_possible=until is not None,
        refusal=_("There is no promise to take back."),
        effects=[_("The days of grace alone decide again when the service is cut off.")],
        changes=[
            {
                "label": _("Promise"),
                "before": words.day(until) if until else _("None"),
                "after": _("None"),
            }
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def never_suspend(request: Request, number: str) -> HttpResponse:
    """Take a customer out of automatic suspension, or put it back."""
    customer = answers.customer(request, number)
    is_never = not customer.is_never_suspended
    form = ExclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            promises.never_suspend(
                customer=customer, is_never=is_never, reason=form.full_reason(), at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = {"name": customer.name}
            text = (
                _("%(name)s is never suspended automatically.") % said
                if is_never
                else _("%(name)s may be suspended again.") % said
            )
            return answers.done(request, text, back=_back())
    return _dialog(
        request,
        form,
        heading=_exclusion_heading(customer, is_never=is_never),
        confirm_label=_("Exclude") if is_never else _("Put back"),
        is_possible=True,
        refusal="",
        effects=[
            _("No run cuts this customer off, however much is owed, until somebody puts it back.")
            if is_never
            else _("The next run may cut this customer off when the days of grace are over."),
            _("Suspending by hand stays possible."),
        ],
        changes=[
            {
                "label": _("Automatic suspension"),
                "before": _("yes") if is_never else _("never"),
                "after": _("never") if is_never else _("yes"),
            }
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def exclude(request: Request) -> HttpResponse:
    """Leave the chosen customers on line until a day, one or many of them."""
    on, ids = clock.today(), _chosen(request)
    form = UntilForm(request.POST or None, on=on, initial={"ids": ",".join(map(str, ids))})
    is_possible = 0 < len(ids) <= MOST
    if request.method == "POST" and is_possible and form.is_valid():
        try:
            count = exclusions.exclude(
                customer_ids=ids, until=form.cleaned_data["until"], reason=form.full_reason(),
                on=on, at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = ngettext(
                "%(count)d customer stays on line until %(until)s is over.",
                "%(count)d customers stay on line until %(until)s is over.",
                count,
            ) % {"count": count, "until": words.day(form.cleaned_data["until"])}
            return answers.done(request, text, back=_back())
    return _dialog(
        request,
        form,
        heading=ngettext(
            "Exclude %(count)d customer from suspension?",
            "Exclude %(count)d customers from suspension?",
            len(ids),
        )
        % {"count": len(ids)},
        confirm_label=_("Exclude"),
        is_possible=is_possible,
        refusal=_("None of the chosen customers can be found.")
        if not ids
        else _("That is more than 500 customers. Do it in parts."),
        effects=[
            _("No run cuts them off before that day is over, and no late fee is charged."),
            _("The bills stay due; reminders go on."),
            _("Suspending by hand stays possible."),
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def include(request: Request, number: str) -> HttpResponse:
    """End an exclusion before its day."""
    customer = answers.customer(request, number)
    until = customer.standing.excluded_until
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            exclusions.include(
                customer_ids=[customer.pk], reason=form.full_reason(), at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = {"name": customer.name}
            return answers.done(request, _("%(name)s may be suspended again.") % said, back=_back())
    return _dialog(
        request,
        form,
        heading=_("End the exclusion of %(name)s?") % {"name": customer.name},
        confirm_label=_("End it"),
        is_possible=until is not None,
        refusal=_("This customer is not excluded."),
        effects=[_("The next run may cut this customer off when the days of grace are over.")],
        changes=[
            {
                "label": _("Excluded until"),
                "before": words.day(until) if until else _("None"),
                "after": _("None"),
            }
        ],
    )


def _chosen(request: Request) -> list[int]:
    """Return the chosen customers in reach: ticked ones, or everybody in the queue."""
    reach, branch = directory.visible_to(request.user), answers.chosen_branch(request)
    if branch is not None:
        reach = reach.filter(branch_id=branch)
    if request.method == "GET" and request.GET.get("all") == "1":
        queue = due_queue.queue(on=clock.today(), branch_id=branch)
        found = reach.filter(pk__in=[one.customer_id for one in queue.entries])
    else:
        given = request.POST.get("ids") or ",".join(request.GET.getlist("ids"))
        named = [one.strip() for one in given.split(",") if one.strip()]
        pks = [int(one) for one in named if one.isascii() and one.isdigit() and len(one) < 19]
        numbers = [one for one in named if not one.isdigit()]
        found = reach.filter(Q(pk__in=pks) | Q(number__in=numbers))
    return sorted(found.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _exclusion_heading(customer: Customer, *, is_never: bool) -> str:
    said = {"name": customer.name}
    if is_never:
        return _("Exclude %(name)s from suspension?") % said
    return _("Let %(name)s be suspended again?") % said


def _dialog(request: Request, form: ReasonForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "form_action": request.path, "back_url": _back()}
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))


def _back() -> str:
    return reverse("staff_billing:dunning")
