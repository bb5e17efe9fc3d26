"""When each technician works."""

from collections.abc import Iterable, Mapping
from datetime import date

from fieldservice.models import WorkingDay
from fieldservice.rules import planning
from fieldservice.rules.planning import FREE, Hours
from ispbill.accounts.models import User

Own = Mapping[tuple[int, int], Hours]


def of_people(people: Iterable[User]) -> Own:
    """Return what technicians said of their days, by id and day of the week (Monday is 0)."""
    rows = WorkingDay.objects.filter(technician__in=list(people))
    return {
        (row.technician_id, row.weekday): Hours(row.opens, row.closes)
        if row.opens and row.closes
        else FREE
        for row in rows
    }


def on_day(own: Own, technician_id: int, on: date) -> Hours:
    """Return one technician's hours of a company date: the own ones, else the usual."""
    known = own.get((technician_id, on.weekday()))
    return known if known is not None else planning.usual_hours(on.weekday())


def hours(technician: User, on: date) -> Hours:
    """Return one technician's hours of a company date."""
    return on_day(of_people([technician]), technician.pk, on)
