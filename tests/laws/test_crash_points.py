"""The sweep of tests/crash_points.py notices what a request leaves half done, and nothing else."""

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from ispbill.accounts.models import Branch
from tests import crash_points

pytestmark = pytest.mark.django_db


def _two_branches(request):
    Branch.objects.create(name="North", code="N")
    Branch.objects.create(name="South", code="S")
    return HttpResponse()


def _halves(request):
    """Write the first branch for good before the second."""
    if not Branch.objects.filter(name="North").exists():
        Branch.objects.create(name="North", code="N")
    else:
        Branch.objects.create(name="East", code="E")
    Branch.objects.create(name="South", code="S")
    return HttpResponse()


urlpatterns = [
    path("whole/", transaction.atomic(_two_branches), name="whole"),
    path("half/", _halves, name="half"),
]


@override_settings(ROOT_URLCONF=__name__)
def test_what_is_done_whole_or_not_at_all_passes(client):
    assert crash_points.sweep(client, "POST", "/whole/", points=None) >= 2


@override_settings(ROOT_URLCONF=__name__)
def test_what_stays_half_done_and_is_done_otherwise_again_is_noticed(client):
    with pytest.raises(AssertionError, match="half, shot at"):
        crash_points.sweep(client, "POST", "/half/", points=None)


@override_settings(ROOT_URLCONF=__name__)
def test_nothing_of_the_sweep_stays(client):
    crash_points.sweep(client, "POST", "/whole/", points=None)

    assert not Branch.objects.filter(name__in=["North", "South"]).exists()
