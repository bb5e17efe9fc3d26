"""What a member of staff keeps of a list: named filters, columns."""

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import SavedView, User
from ispbill.core.errors import DomainError

_PASSING = {"after", "before", "from", "csrfmiddlewaretoken"}


class ViewNameTaken(DomainError):
    """The user already has a view of this name on this page."""


def save(*, user: User, page: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep a list's filters under a name; the position in the list is left out.

    Raises ViewNameTaken, DomainError for an empty name.
    """
    name = name.strip()[:60]
    if not name:
        raise DomainError(_("Give the view a name."))
    kept = [(key, value) for key, value in parse_qsl(query) if key not in _PASSING]
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                user=user, page=page, name=name, query=urlencode(kept)[:1000], is_shared=is_shared
            )
    except IntegrityError as error:
        raise ViewNameTaken(
            _("You already have a view named %(name)s.") % {"name": name}
        ) from error


def remove(*, user: User, view: SavedView) -> None:
    """Forget one of the user's own views. Raises DomainError for somebody else's."""
    if view.user_id != user.pk:
        raise DomainError(_("Only its owner can remove a view."))
    view.delete()


@transaction.atomic
def keep_columns(*, user: User, page: str, columns: list[str]) -> None:
    """Remember which columns of a list the user wants to see, in order."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.preferences = locked.preferences | {
        page: locked.preferences.get(page, {}) | {"columns": columns}
    }
    locked.save(update_fields=["preferences"])
    user.preferences = locked.preferences


def keep_density(*, user: User, density: str) -> None:
    """Remember how tight the user wants tables. Raises DomainError for an unknown density."""
    if density not in User.Density.values:
        raise DomainError(_("There is no such density."))
    User.objects.filter(pk=user.pk).update(density=density)
    user.density = density
