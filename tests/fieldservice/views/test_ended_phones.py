"""Every address of the app is closed to a phone that was ended, whatever app it belongs to."""

import secrets

import pytest
from django.urls import reverse

from fieldservice.models import FieldDevice
from fieldservice.services import devices
from ispbill.accounts.models import SignedInSession, User
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.architecture import addresses
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import technician

pytestmark = pytest.mark.django_db
LOST = "left behind in a rickshaw"


def own_addresses():
    found = [one for one in addresses.ours() if getattr(one.view, "audience", "") == "technician"]
    made_up = {"str": "WO-2026-00001", "int": 1, "uuid": "00000000-0000-4000-8000-000000000001"}

    def path(one):
        kinds = {
            name: type(converter)
            .__name__.removesuffix("Converter")
            .lower()
            .replace("string", "str")
            for name, converter in one.converters.items()
        }
        return reverse(one.name, kwargs={name: made_up[kind] for name, kind in kinds.items()})

    return {one.name: path(one) for one in found}


@pytest.fixture(params=[User.Role.TECHNICIAN, User.Role.COLLECTOR])
def who(request, client):
    user = UserFactory(role=request.param, branch=BranchFactory())
    client.force_login(user)
    return user


def phone_of(who):
    token = secrets.token_urlsafe(32)
    act = Act(who, clock.now())
    device = devices.register(token=token, name="Android", session_id=None, act=act)
    return device, {"X-Field-Device": token}


def end(device):
    devices.end(device=device, act=Act(UserFactory(), clock.now(), reason=LOST))


def test_an_ended_phone_is_answered_404_at_every_address_of_the_app(client, who):
    device, headers = phone_of(who)
    end(device)
    paths = own_addresses()
    assert {"field:file", "field:round-payments", "technician:me"} < set(paths)
    for name, path in paths.items():
        for method in ("GET", "POST"):
            assert client.generic(method, path, headers=headers).status_code == 404, (method, name)


def test_a_phone_of_somebody_else_is_too_and_one_not_known_yet_gets_no_day(client, who):
    _device, theirs = phone_of(technician())
    fresh = {"X-Field-Device": "f" * 40}
    paths = own_addresses()
    for name, path in paths.items():
        assert client.get(path, headers=theirs).status_code == 404, name
    for name in ("field:day", "field:round-day"):
        assert client.get(paths[name], headers=fresh).status_code == 404, name
    assert client.get(paths["field:token"], headers=fresh).status_code == 200
    assert client.post(paths["field:device"], headers=fresh).status_code == 200


def test_who_signs_in_anew_on_a_phone_is_signed_out_with_it(client, who):
    device, headers = phone_of(who)
    session = SignedInSession.objects.create(
        user=who, session_key="k" * 32, started_at=clock.now(), last_seen_at=clock.now()
    )
    held = client.session
    held["signed_in_id"] = session.pk
    held.save()
    client.get("/technician/token/", headers=headers)
    end(FieldDevice.objects.get(pk=device.pk))
    assert not SignedInSession.objects.filter(user=who).exists()
