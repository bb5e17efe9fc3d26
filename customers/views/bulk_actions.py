"""What may be done to the ticked customers of the list, by role."""

from typing import Any

from django.utils.translation import gettext as _

from customers.views import links
from ispbill.accounts.access import may
from ispbill.accounts.models import User


def offered(role: str) -> list[dict[str, Any]]:
    """Return what people of a role may do to the ticked rows."""
    ours = "customers.edit"
    acts = (
        (_("Tag"), "tag", _bulk_url("tag"), ours),
        (_("Change area"), "map-pin", _bulk_url("area"), ours),
        (_("Assign collector"), "user", _bulk_url("collector"), ours),
        (_("Send message"), "send", links.address("staff_customers:bulk-message"), "messages.send"),
        (
            _("Generate invoices"),
            "file-invoice",
            links.address("staff_billing:chosen-run"),
            "billing.run",
        ),
        (
            _("Send a contract"),
            "signature",
            links.address("staff_contracts:bulk"),
            "contracts.edit",
        ),
        (
            _("Move to a reseller"),
            "arrows-exchange",
            links.address("staff_resellers:move-many"),
            "resellers.edit",
        ),
        (_("Print"), "printer", links.address("staff_billing:print-customers"), "customers.export"),
        (
            _("Suspend"),
            "player-pause",
            links.address("staff_billing:bulk-suspend"),
            "services.switch",
        ),
    )
    user = User(role=role)
    return [
        {"label": label, "symbol": symbol, "url": url, "danger": capability == "services.switch"}
        for label, symbol, url, capability in acts
        if url and may(user, capability)
    ]


def _bulk_url(what: str) -> str:
    return links.address("staff_customers:bulk", what)
