"""Who of a reseller signs in beside the partner: other rights, shut out, let in again."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import ResellerUser


class NotYourself(DomainError):
    """Nobody changes the own rights, or shuts oneself out."""


@transaction.atomic
def change(*, person: ResellerUser, rights: str, is_active: bool, act: Act[User]) -> ResellerUser:
    """Give somebody of a reseller other rights, shut them out or let them in again.

    Sessions end with less than before. Raises NotYourself.
    """
    trail.begin(act=act.because("a reseller changed who signs in for it"))
    person = (
        ResellerUser.objects.select_for_update(of=("self", "user"))
        .select_related("user", "reseller")
        .get(pk=person.pk)
    )
    if person.user_id == act.actor.pk:
        raise NotYourself(_("Somebody else has to change your own access."))
    was = {"rights": str(person.rights), "is_active": person.user.is_active}
    before, after = events.changes(was, {"rights": rights, "is_active": is_active})
    if not after:
        return person
    person.rights, person.user.is_active = ResellerUser.Rights(rights), is_active
    person.save(update_fields=["rights"])
    person.user.save(update_fields=["is_active"])
    sessions.revoke_all(user=person.user)
    events.record(
        act=act,
        action="reseller.user_changed",
        target=person.reseller,
        label=person.user.login,
        before=before,
        after=after,
    )
    return person
