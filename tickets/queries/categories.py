"""What a ticket may be about, in the words of the reader."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tickets.models import Category
from tickets.rules.categories import SHIPPED


def choices() -> list[tuple[str, str]]:
    """Return the codes and names of the categories on offer.

    Before the first ticket of a company they are those that come with the product
    (`services.founding` writes them with it).
    """
    rows = list(Category.objects.filter(is_active=True).order_by("position", "pk"))
    if rows:
        return [(one.code, named(one)) for one in rows]
    return [(one.code, one.local_name if _is_local() else one.name) for one in SHIPPED]


def hints() -> dict[str, str]:
    """Return what a customer may try first, by category."""
    rows = Category.objects.filter(is_active=True).exclude(hint="")
    found = dict(rows.values_list("code", "hint")) or {one.code: one.hint for one in SHIPPED}
    return {code: _(hint) for code, hint in found.items() if hint}


def named(category: Category) -> str:
    """Return a category's name in the reader's language."""
    return category.local_name if _is_local() and category.local_name else category.name


def _is_local() -> bool:
    return (get_language() or "en").startswith("bn")
