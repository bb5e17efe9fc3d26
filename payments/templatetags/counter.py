"""Template filters of the counter."""

from django import template

from ispbill.core import phones, receipt_links

register = template.Library()


@register.filter
def national(e164: str) -> str:
    """Write a stored phone number as it is dialled at home."""
    try:
        return phones.national(e164)
    except ValueError:
        return e164


@register.filter
def receipt_address(number: str) -> str:
    """Return the address of a receipt that opens without signing in."""
    return receipt_links.url(number)
