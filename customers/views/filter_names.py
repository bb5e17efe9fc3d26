"""How the filters of the customers' list are said whose values are keys of rows."""

from collections.abc import Callable
from typing import Any

from customers.models import Area, Package
from customers.queries import resellers
from ispbill.accounts.models import Branch, User


def _name(model: Any) -> Callable[[Any], str]:
    return lambda pk: str(model.objects.filter(pk=pk).first() or "?")


NAMES: dict[str, Callable[[Any], str]] = {
    "area": _name(Area),
    "branch": _name(Branch),
    "package": _name(Package),
    "collector": _name(User),
    "reseller": lambda pk: resellers.name(pk) or "?",
}
