"""Words for why a line of a statement may be somebody's."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.bank.rules.matching import DOUBT, SURE

register = template.Library()

WORDS: Mapping[str, Promise] = {
    "NUMBER": _("The text names %(detail)s"),
    "INVOICE": _("The text names %(detail)s"),
    "ACCOUNT": _("Known account %(detail)s"),
    "PAYER": _("Known payer %(detail)s"),
    "CLAIMED": _("Customer named %(detail)s as their account"),
    "PHONE": _("Phone %(detail)s in the text"),
    "NAME": _("Name alike (%(detail)s %%)"),
    "AMOUNT": _("The amount is what is owed"),
    "REFERENCE": _("Reference of %(detail)s"),
    "DAY": _("Same amount, %(detail)s"),
}


@register.filter
def reason_words(reason: list[str]) -> str:
    """Return a stored reason, `[code, detail]`, in words."""
    code, detail = (*reason, "")[:2]
    words = WORDS.get(code)
    return str(words) % {"detail": detail} if words is not None else code


@register.filter
def sureness(confidence: int) -> str:
    """Return the tone of a confidence in percent: sure, likely, or a guess."""
    if confidence >= SURE:
        return "success"
    return "warning" if confidence >= DOUBT - 30 else "neutral"
