"""The columns of the customers' list a person may choose from."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.views import scope
from ispbill.accounts.models import User

# The name is always there. Key → words, shown unless chosen otherwise.
COLUMNS: dict[str, tuple[Promise, bool]] = {
    "number": (_("Number"), True),
    "phone": (_("Phone"), True),
    "area": (_("Area"), True),
    "package": (_("Package"), True),
    "technology": (_("Plan type"), False),
    "status": (_("Status"), True),
    "balance": (_("Balance"), True),
    "due": (_("Due"), True),
    "next_bill": (_("Next bill"), False),
    "churn": (_("Churn risk"), False),
    "last_payment": (_("Last payment"), False),
    "nps": (_("NPS"), False),
    "stars": (_("Satisfaction"), False),
    "value": (_("Paid in all"), False),
    "speed": (_("Average speed"), False),
    "uptime": (_("Uptime"), False),
    "peak": (_("Busiest hours"), False),
    "ott": (_("Streaming app"), False),
    "branch": (_("Branch"), False),
    "collector": (_("Collector"), False),
    "tags": (_("Tags"), False),
    "since": (_("Customer since"), False),
}


def known(names: Iterable[str]) -> list[str]:
    """Return those that are columns, in the list's order."""
    wanted = set(names)
    return [name for name in COLUMNS if name in wanted]


def chosen(user: User) -> list[str]:
    """Return the columns this person wants to see."""
    kept = user.preferences.get(scope.PAGE, {}).get("columns")
    if kept is None:
        return [name for name, (_words, is_shown) in COLUMNS.items() if is_shown]
    return known(kept)


def choices(user: User) -> list[dict[str, object]]:
    """Return all columns with whether they are shown."""
    shown = chosen(user)
    return [
        {"name": name, "label": words, "is_shown": name in shown}
        for name, (words, _default) in COLUMNS.items()
    ]
