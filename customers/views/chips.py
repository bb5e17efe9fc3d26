"""The filters in force, in words, each with the address that leaves it out."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.forms.listing import Filtering
from customers.models import Area, Package
from customers.queries import resellers
from ispbill.accounts.models import Branch, User
from ispbill.core import paging

_NAMED: dict[str, Any] = {"area": Area, "branch": Branch, "package": Package, "collector": User}


def of(form: Filtering, query: QueryDict) -> list[dict[str, str]]:
    """Return a chip for every filter that could be read; names are looked up one by one."""
    form.is_valid()
    chips: list[dict[str, str]] = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "", [], False):
            continue
        for one in value if isinstance(value, list) else [value]:
            chips.append(
                {
                    "label": str(field.label),
                    "value": _words(field, name, one),
                    "remove_url": _without(query, name, str(one)),
                }
            )
    return chips


def _words(field: Any, name: str, value: Any) -> str:
    if value is True:
        return _("yes")
    if name == "reseller":
        return resellers.name(value) or "?"
    if name in _NAMED:
        return str(_NAMED[name].objects.filter(pk=value).first() or "?")
    if hasattr(field, "choices"):
        return str(dict(field.choices).get(value, value))
    return str(value)


def _without(query: QueryDict, name: str, value: str) -> str:
    kept = query.copy()
    for key in paging.POSITION:
        kept.pop(key, None)
    others = [one for one in kept.getlist(name) if one != value] if name in kept else []
    if len(kept.getlist(name)) > 1 and others:
        kept.setlist(name, others)
    else:
        kept.pop(name, None)
    return f"?{kept.urlencode()}"
