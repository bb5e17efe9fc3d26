"""Say when a technician works, day by day of the week."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import WorkingDay
from fieldservice.queries import working_days
from fieldservice.rules.planning import FREE, Hours, usual_hours
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@transaction.atomic
def set_hours(*, technician: User, hours: Mapping[int, Hours], act: Act[User]) -> None:
    """Keep the hours of all days of the week (Monday is 0); jobs given already stay.

    The same as before changes nothing. Raises DomainError for a day that ends before it begins.
    """
    trail.begin(act=act)
    User.objects.select_for_update(no_key=True).get(pk=technician.pk)
    if any(one.minutes <= 0 for one in hours.values() if one != FREE):
        raise DomainError(_("A working day ends after it begins."))
    own = working_days.of_people([technician])
    before = {day: own.get((technician.pk, day), usual_hours(day)) for day in hours}
    if before == dict(hours):
        return
    for day, one in hours.items():
        is_free = one == FREE
        WorkingDay.objects.update_or_create(
            technician=technician,
            weekday=day,
            defaults={
                "opens": None if is_free else one.opens,
                "closes": None if is_free else one.closes,
            },
        )
    events.record(
        act=act,
        action="working_days.changed",
        target=technician,
        before={str(day): _words(one) for day, one in before.items()},
        after={str(day): _words(one) for day, one in hours.items()},
    )


def _words(hours: Hours) -> str:
    return "" if hours == FREE else f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"
