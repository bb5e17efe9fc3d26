"""What a page offers follows from what the person looking at it may do."""

from typing import Any

from django import template

from ispbill.accounts import access

register = template.Library()


@register.filter
def may(user: Any, capability: str) -> bool:
    """Tell whether somebody's role carries a capability: `{% if request.user|may:"…" %}`."""
    return access.may(user, capability)


@register.filter
def opens(user: Any, address: str) -> bool:
    """Tell whether somebody may open a page of the console: `{% if request.user|opens:url %}`."""
    return access.opens(user, address)
