"""Template filters of the counter."""

from django import template

from ispbill.core import phones

register = template.Library()


@register.filter
def national(e164: str) -> str:
    """Write a stored phone number as it is dialled at home."""
    try:
        return phones.national(e164)
    except ValueError:
        return e164
