"""What the dialogs that switch a service share: the page itself, its day, and the way back."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from billing.ledger.forms.reasons import ReasonForm
from billing.ledger.views import answers
from customers.models import Subscription
from customers.rules import lifecycle
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.http import Request
from ispbill.core import typed_days

REDRAWN = {
    "hx-trigger": "change",
    "hx-target": "#coming-bill",
    "hx-select": "#coming-bill",
    "hx-swap": "outerHTML",
    "hx-disabled-elt": "unset",  # the form's own names its button, which a field has not
}


def asked_day(request: Request, name: str, default: date, *, ahead: int = 0) -> date:
    """Return the day a form asks for, if it is one that can be shown."""
    asked = typed_days.read(request.POST.get(name) or request.GET.get(name) or "")
    if asked is None:
        return default
    is_near = -timedelta(days=ahead) <= default - asked <= timedelta(days=31)
    return asked if is_near else default


def done(request: Request, subscription: Subscription, text: str) -> HttpResponse:
    """Answer that it is done, and lead back to the customer."""
    return answers.done(request, text, back=back(subscription))


def back(subscription: Subscription) -> str:
    """Return the address of the customer's page."""
    number = subscription.customer.number
    return links.address("staff_customers:customer", number) or links.address(
        "staff_billing:customer-panel", number
    )


def show(
    request: Request,
    subscription: Subscription,
    form: ReasonForm,
    *,
    verb: str,
    heading: str,
    after: str,
    **context: Any,
) -> HttpResponse:
    """Show the dialog for one of the moves of `customers.rules.lifecycle`."""
    context = {
        "heading": heading % {"service": subscription.connection_id},
        "form": form,
        "form_action": request.path,
        "back_url": back(subscription),
        "is_possible": verb in lifecycle.possible(subscription.status),
        "refusal": _("This service is %(status)s; this cannot be done with it.")
        % {"status": str(subscription.get_status_display()).lower()},
        "changes": [
            {
                "label": _("Service"),
                "before": str(subscription.get_status_display()),
                "after": after,
            }
        ],
        **context,
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)
