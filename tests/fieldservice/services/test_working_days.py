"""Each technician works when they say, and plans follow it."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from fieldservice.queries import board, week
from fieldservice.queries import working_days as queries
from fieldservice.rules.planning import FREE, Hours, usual_hours
from fieldservice.services import working_days
from fieldservice.services.orders import NeedsConfirming
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import NINE, NOON, given, job, technician

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 1, 10)
FRIDAY = SATURDAY - timedelta(days=1)


def works(who, **values):
    """Set hours by weekday, `d5=Hours(…)`; the others are the usual ones."""
    said = {int(key[1:]): one for key, one in values.items()}
    hours = {day: said.get(day, usual_hours(day)) for day in range(7)}
    working_days.set_hours(technician=who, hours=hours, act=Act(UserFactory(), NINE))


def test_the_usual_week_is_saturday_to_thursday_from_nine_to_six():
    who = technician()
    assert queries.hours(who, SATURDAY) == Hours(time(9), time(18))
    assert queries.hours(who, FRIDAY) == FREE


def test_a_job_outside_somebodys_own_hours_needs_a_confirmation():
    who = technician()
    works(who, d5=Hours(time(14), time(20)))
    with pytest.raises(NeedsConfirming, match="minutes late"):  # nobody there before two
        given(job(), who, is_confirmed=False)
    afternoon = {"start": NINE + timedelta(hours=5), "end": NINE + timedelta(hours=7)}
    assert given(job(), who, is_confirmed=False, **afternoon).technician == who


def test_on_a_free_day_every_job_is_overtime_and_may_be_confirmed():
    who = technician()
    works(who, d5=FREE)
    with pytest.raises(NeedsConfirming, match="beyond working hours"):
        given(job(), who, is_confirmed=False)
    assert given(job(), who).technician == who


def test_somebody_who_works_on_fridays_is_planned_there_without_a_question():
    who = technician()
    works(who, d4=Hours(time(9), time(13)))
    day_before = {"start": NINE - timedelta(days=1), "end": NOON - timedelta(days=1)}
    assert given(job(), who, is_confirmed=False, **day_before).technician == who


def test_a_day_ends_after_it_begins_and_the_same_hours_twice_leave_one_line_in_the_trail():
    who = technician()
    with pytest.raises(DomainError):
        works(who, d5=Hours(time(18), time(9)))
    for _twice in range(2):
        works(who, d5=Hours(time(8), time(12)))
    assert AuditEvent.objects.filter(action="working_days.changed").count() == 1


def test_board_and_week_show_the_hours():
    user, who = UserFactory(), technician()
    works(who, d5=Hours(time(8), time(10)))
    given(job(planned_minutes=150), who)
    columns, _pile = board.day(user, SATURDAY)
    assert columns[0].hours == Hours(time(8), time(10))
    days = week.of(user, week.monday(SATURDAY))[0].days
    assert [day.is_too_full for day in days if day.orders] == [True]


def test_dispatchers_set_hours_of_their_branch_and_half_a_day_is_refused(client):
    branch = BranchFactory()
    who, other = technician(branch=branch), technician(branch=BranchFactory())
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=branch))
    page = reverse("staff_fieldservice:working-days", args=[who.pk])
    assert client.get(page).status_code == 200
    assert client.get(page.replace(str(who.pk), str(other.pk))).status_code == 404
    assert client.post(page, {"opens-5": "08:00"}).status_code == 422
    client.post(page, {"opens-5": "08:00", "closes-5": "12:30"})
    assert queries.hours(who, SATURDAY) == Hours(time(8), time(12, 30))
    assert queries.hours(who, SATURDAY + timedelta(days=1)) == FREE
