"""The map of a day: jobs as points and as a list, tiles only from where the setting says."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from fieldservice.rules.distances import Point
from fieldservice.services import journey
from fieldservice.services.journey import Place
from fieldservice.views.maps import tile_origin
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import HOUSE, NINE, given, job, technician

pytestmark = pytest.mark.django_db
MAP = reverse("staff_fieldservice:map")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


def points(text):
    return json.loads(unescape(text.split('data-points="')[1].split('"')[0]))


def test_the_days_jobs_and_who_arrived_where_are_points_and_a_list(client):
    client.force_login(UserFactory())
    who = technician(name="Rafiq")
    order, waiting = given(job(), who), job()
    later = NINE + timedelta(days=3)
    given(job(), who, start=later, end=later + timedelta(hours=3))
    place = Place(Point(*HOUSE, 12.0))
    journey.arrive(order=order, place=place, moment=NINE, act=Act(who, NINE))
    text = client.get(MAP).content.decode()
    found = points(text)
    assert [one["kind"] for one in found] == ["job", "job", "person"]
    assert {one["url"] for one in found[:2]} == {
        reverse("staff_fieldservice:detail", args=[one.number]) for one in (order, waiting)
    }
    assert (found[0]["lat"], found[0]["lon"]) == HOUSE
    assert found[2]["label"] == "Rafiq"
    assert text.count('<a class="list-group-item"') == 2
    assert "No map is set up" in text


def test_a_job_without_a_point_stands_in_the_list(client):
    client.force_login(UserFactory())
    order = given(job(), technician())
    type(order).objects.update(latitude=None, longitude=None)
    text = client.get(MAP).content.decode()
    assert points(text) == []
    assert "no location known" in text


def test_pictures_come_from_the_tile_server_on_this_page_alone(client, settings):
    client.force_login(UserFactory())
    given(job(), technician())
    header = "Content-Security-Policy"
    assert "tiles.isp.example" not in client.get(MAP)[header]
    settings.MAP_TILES_URL = "https://{s}.tiles.isp.example/{z}/{x}/{y}.png"
    assert "https://*.tiles.isp.example" in client.get(MAP)[header]
    assert "tiles" not in client.get(reverse("staff_fieldservice:index"))[header]
    assert tile_origin("/tiles/{z}/{x}/{y}.png") == ""


def test_each_branch_has_its_own_points_and_three_jobs_take_no_more_queries(
    client, django_assert_max_num_queries
):
    ours = BranchFactory()
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=ours))
    theirs = given(job(), technician())
    assert theirs.number not in client.get(MAP).content.decode()
    client.force_login(UserFactory())
    given(job(), technician())
    given(job(), technician())
    with django_assert_max_num_queries(12):
        assert len(points(client.get(MAP).content.decode())) == 3
    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert client.get(MAP).status_code == 403
