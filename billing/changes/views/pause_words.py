"""What a pause does to the money and to the line, in words for the customer and for staff."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.changes.queries.pauses import Effect
from billing.dunning.rules.suspension_kinds import Rule
from billing.pricing.views import words
from ispbill.core import formats


def money(effect: Effect) -> list[str]:
    """Say what the days do to the bill."""
    said = [rule_words(effect.rule)]
    if effect.credit:
        said.append(
            _("%(amount)s with tax of days that are billed already comes back on return.")
            % {"amount": formats.money(effect.credit)}
        )
    elif effect.rule.is_credited:
        said.append(_("None of these days is billed yet, so nothing has to come back."))
    return said


def rule_words(rule: Rule) -> str:
    """Say the rule of a pause."""
    if rule.is_billed:
        return _("The days of a pause are billed as usual.")
    if rule.is_credited:
        return _("The days of a pause are not billed; those billed already are credited.")
    return _("The days of a pause are not billed; what is billed already stays billed.")


def line(start: date, until: date) -> str:
    """Say what happens to the line."""
    days = (until - start).days
    text = ngettext(
        "The line is closed for %(days)s day, from %(start)s to %(last)s, and opens by itself on "
        "%(back)s.",
        "The line is closed for %(days)s days, from %(start)s to %(last)s, and opens by itself on "
        "%(back)s.",
        days,
    )
    return text % {
        "days": formats.number(days),
        "start": words.day(start),
        "last": words.day(until - timedelta(days=1)),
        "back": words.day(until),
    }
