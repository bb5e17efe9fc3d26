"""Tokens as their page shows them."""

from django.db.models import QuerySet

from ispbill.accounts.models import User
from ispbill.api.models import ApiToken


def visible_to(user: User) -> QuerySet[ApiToken]:
    """Return one's own tokens; an owner sees everybody's."""
    found = ApiToken.objects.select_related("owner").order_by("revoked_at", "-pk")
    return found if user.role == User.Role.OWNER else found.filter(owner=user)
