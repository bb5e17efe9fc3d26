"""Nobody is sent on a day on which they are not at work."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from psycopg.types.range import DateRange

from fieldservice.models import Absence
from fieldservice.queries import absences as queries
from fieldservice.services import absences
from fieldservice.services.absences import DaysRefused
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import NINE, given, job, technician

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 1, 10)  # the day of NINE


def away(who, first=SATURDAY, last=SATURDAY, reason="at a wedding"):
    act = Act(UserFactory(), NINE)
    return absences.enter(technician=who, first=first, last=last, reason=reason, act=act)


def test_a_job_is_not_given_to_somebody_who_is_away():
    who = technician()
    away(who)

    with pytest.raises(DomainError, match="not at work on that day"):
        given(job(), who)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_days_around_it_are_free(days):
    who = technician()
    away(who, SATURDAY + timedelta(days=days), SATURDAY + timedelta(days=days))

    assert given(job(), who).technician == who


def test_both_days_are_in_it():
    who = technician()
    away(who, SATURDAY - timedelta(days=2), SATURDAY)

    assert [queries.is_away(who, SATURDAY + timedelta(days=one)) for one in (-3, -2, 0, 1)] == [
        False,
        True,
        True,
        False,
    ]


def test_jobs_that_are_in_the_way_are_named_and_stay():
    who = technician()
    order = given(job(), who)

    made = away(who)

    assert list(queries.in_the_way(made)) == [order]
    order.refresh_from_db()
    assert order.technician == who


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (SATURDAY, SATURDAY - timedelta(days=1)),
        (SATURDAY, SATURDAY + timedelta(days=366)),
        (SATURDAY - timedelta(days=3), SATURDAY),
    ],
)
def test_days_that_make_no_sense_or_are_there_already_are_refused(first, last):
    who = technician()
    away(who)

    with pytest.raises(DaysRefused):
        away(who, first, last)

    assert Absence.objects.count() == 1


def test_the_database_refuses_the_same_day_twice():
    made = away(technician())

    with pytest.raises(IntegrityError, match="absence_days_once"), transaction.atomic():
        Absence.objects.create(
            technician=made.technician,
            span=DateRange(SATURDAY, SATURDAY + timedelta(days=1)),
            entered_by=made.entered_by,
            entered_at=NINE,
        )


def test_taken_back_the_day_is_free_again_and_twice_is_once():
    who = technician()
    made = away(who)
    for _again in range(2):
        absences.withdraw(absence=made, act=Act(UserFactory(), NINE))

    assert given(job(), who).technician == who
    assert away(technician(), SATURDAY, SATURDAY)
    assert AuditEvent.objects.filter(action="absence.withdrawn").count() == 1


def test_it_is_entered_and_taken_back_in_the_week(client):
    client.force_login(UserFactory())
    who = technician(name="Rafiq")
    given(job(), who)
    asked = {"technician": who.pk, "first": "2026-01-10", "last": "2026-01-11"}

    said = client.post(reverse("staff_fieldservice:add-absence"), asked, follow=True)
    week = client.get(reverse("staff_fieldservice:week"), {"day": "2026-01-10"}).content.decode()
    board = client.get(reverse("staff_fieldservice:board"), {"day": "2026-01-10"}).content.decode()
    made = Absence.objects.get()
    client.post(reverse("staff_fieldservice:withdraw-absence", args=[made.pk]))

    assert "1 job has to be given to somebody else" in said.content.decode()
    assert week.count("Away") == 2
    assert "Away" in board
    made.refresh_from_db()
    assert made.withdrawn_at is not None


def test_a_manager_neither_sees_nor_enters_another_branchs(client):
    theirs = technician(branch=BranchFactory())
    made = away(theirs)
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    asked = {"technician": theirs.pk, "first": "2026-02-01", "last": "2026-02-01"}

    refused = client.post(reverse("staff_fieldservice:add-absence"), asked)
    hidden = client.post(reverse("staff_fieldservice:withdraw-absence", args=[made.pk]))

    assert (refused.status_code, hidden.status_code) == (422, 404)
