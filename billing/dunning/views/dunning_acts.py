"""What staff do about who is past due: promises, exclusions, one customer or many."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from billing.dunning.forms.dunning import (
    EndForm,
    ExclusionForm,
    PromiseForm,
    UntilForm,
    WithdrawForm,
)
from billing.dunning.queries import due_queue
from billing.dunning.services import exclusions, promises
from billing.dunning.views import chosen
from billing.ledger.forms.reasons import ReasonForm
from billing.ledger.views import answers
from billing.pricing.views import words
from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only, way_back
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act

MOST = 500


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def promise(request: Request, number: str) -> HttpResponse:
    """Note a promise to pay."""
    customer, on = answers.customer(request, number), clock.today()
    longest = promises.longest_days(customer, on=on)
    form = PromiseForm(request.POST or None, on=on, longest=longest)
    account_state = customer.account_state
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        with responses.refusals_in(form):
            promises.promise(
                customer=customer, until=until, act=Act.now(request.user, reason=form.full_reason())
            )
            text = _("%(name)s promises to pay by %(until)s.") % {
                "name": customer.name,
                "until": words.day(until),
            }
            return answers.done(request, text, back=_back(request))
    return _dialog(
        request,
        form,
        heading=_("Promise to pay: %(name)s") % {"name": customer.name},
        confirm_label=_("Promise to pay"),
        is_possible=account_state.balance_amount > 0,
        refusal=_("This customer owes nothing."),
        effects=[
            _("Owed now: %(amount)s.") % {"amount": formats.money(account_state.balance_amount)},
            _("Nothing is cut off for non-payment before that day is over."),
            _("The bill stays due; reminders go on."),
        ],
        changes=[
            {
                "label": _("Promise"),
                "before": words.day(account_state.promised_until)
                if account_state.promised_until
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
    until = customer.account_state.promised_until
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            promises.withdraw(
                customer=customer, act=Act.now(request.user, reason=form.full_reason())
            )
            return answers.done(request, _("The promise is withdrawn."), back=_back(request))
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
        with responses.refusals_in(form):
            promises.never_suspend(
                customer=customer,
                is_never=is_never,
                act=Act.now(request.user, reason=form.full_reason()),
            )
            said = {"name": customer.name}
            text = (
                _("%(name)s is never suspended automatically.") % said
                if is_never
                else _("%(name)s may be suspended again.") % said
            )
            return answers.done(request, text, back=_back(request))
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
        with responses.refusals_in(form):
            count = exclusions.exclude(
                customer_ids=ids,
                until=form.cleaned_data["until"],
                act=Act.now(request.user, reason=form.full_reason()),
            )
            text = ngettext(
                "%(count)d customer stays on line until %(until)s is over.",
                "%(count)d customers stay on line until %(until)s is over.",
                count,
            ) % {"count": count, "until": words.day(form.cleaned_data["until"])}
            return answers.done(request, text, back=_back(request))
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
    until = customer.account_state.excluded_until
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            exclusions.include(
                customer_ids=[customer.pk], act=Act.now(request.user, reason=form.full_reason())
            )
            said = {"name": customer.name}
            return answers.done(
                request, _("%(name)s may be suspended again.") % said, back=_back(request)
            )
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

    def in_queue(reach: QuerySet[Customer]) -> QuerySet[Customer]:
        branch = answers.chosen_branch(request)
        queue = due_queue.queue(on=clock.today(), branch_id=branch)
        return reach.filter(pk__in=[one.customer_id for one in queue.entries])

    return chosen.ids(request, in_queue)


def _exclusion_heading(customer: Customer, *, is_never: bool) -> str:
    said = {"name": customer.name}
    if is_never:
        return _("Exclude %(name)s from suspension?") % said
    return _("Let %(name)s be suspended again?") % said


def _dialog(request: Request, form: ReasonForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "form_action": request.path, "back_url": _back(request)}
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _back(request: Request) -> str:
    """Return the queue, or the inbox of somebody who may act and not look around."""
    return way_back(request.user, "staff_billing:dunning", "staff:inbox")
