"""A lost phone is ended: signed out, hands in what it has, wipes itself; the office decides."""

import json
import secrets
from datetime import timedelta

import pytest
from django.urls import reverse

from fieldservice.models import FieldAction, FieldDevice
from fieldservice.services import devices, outbox
from fieldservice.services.devices import PhoneEnded, TooManyPhones
from ispbill.accounts.models import SignedInSession
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.fieldservice import NINE, at_work, given, job, technician

pytestmark = pytest.mark.django_db
FAREWELL, DAY, REGISTER = "/technician/farewell/", "/technician/day/", "/technician/device/"
LOST = "left behind in a rickshaw"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    at = [NINE]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


def phone_of(who, *, token="", session_id=None):
    token = token or secrets.token_urlsafe(32)
    act = Act(who, clock.now())
    made = devices.register(token=token, name="Android", session_id=session_id, act=act)
    return made, token


def end(device):
    return devices.end(device=device, act=Act(UserFactory(), clock.now(), reason=LOST))


def action(order, kind="note", payload=None, *, number=1):
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "order": order.number,
        "kind": kind,
        "payload": payload or {"text": "written before it was lost"},
        "after": None,
        "base_version": 1,
        "client_at": NINE.isoformat(),
    }


def farewell(client, token, *actions, **values):
    said = {"token": token, "sent_at": NINE.isoformat(), "actions": actions, **values}
    return client.post(FAREWELL, json.dumps(said), content_type="application/json")


def test_a_person_has_two_phones_at_most_and_one_is_known_again_by_its_secret():
    who = technician()
    first, token = phone_of(who)
    assert phone_of(who, token=token) == (first, token)
    phone_of(who)
    with pytest.raises(TooManyPhones):
        phone_of(who)
    with pytest.raises(PhoneEnded):
        phone_of(technician(), token=token)
    end(first)
    with pytest.raises(PhoneEnded):  # an ended one never comes back
        phone_of(who, token=token)
    phone_of(who)
    assert token not in FieldDevice.objects.get(pk=first.pk).token_digest


def test_a_phone_not_seen_for_a_month_takes_nobodys_place(now):
    who = technician()
    phone_of(who)
    phone_of(who)
    now[0] += timedelta(days=31)
    assert phone_of(who)[0].pk


def test_ending_signs_out_and_needs_a_reason():
    who = technician()
    session = SignedInSession.objects.create(
        user=who, session_key="k" * 32, started_at=NINE, last_seen_at=NINE
    )
    device, _token = phone_of(who, session_id=session.pk)
    with pytest.raises(ReasonMissing):
        devices.end(device=device, act=Act(UserFactory(), NINE, reason="lost"))
    end(device)
    assert not SignedInSession.objects.exists()


def test_an_ended_phone_gets_no_jobs_and_sends_none(client):
    who = technician()
    device, token = phone_of(who)
    given(job(), who)
    client.force_login(who)
    headers = {"X-Field-Device": token}
    assert client.get(DAY, headers=headers).status_code == 200
    end(device)
    assert client.get(DAY, headers=headers).status_code == 404
    assert client.post("/technician/outbox/", {}, headers=headers).status_code == 404
    client.force_login(technician())
    assert client.get(DAY, headers=headers).status_code == 404


def test_what_it_still_has_is_kept_for_the_office_which_applies_it(client):
    who = technician()
    order = given(job(), who)
    visit = at_work(order, who)
    device, token = phone_of(who)
    assert farewell(client, token, action(order)).json() == {"ended": False, "kept": 0}
    end(device)
    for kept in (1, 1):  # the answer was lost, it sends again: still one
        assert farewell(client, token, action(order)).json() == {"ended": True, "kept": kept}
    row = FieldAction.objects.get()
    assert (row.outcome, row.device) == ("CONFLICT", device)
    visit.refresh_from_db()
    assert visit.notes == ""
    client.force_login(UserFactory())
    assert (
        "had been ended"
        in client.get(
            reverse("staff_fieldservice:decide-conflict", args=[row.pk, "take"])
        ).content.decode()
    )
    outbox.take_over(action=row, act=Act(UserFactory(), NINE, reason="he told us on the phone"))
    visit.refresh_from_db()
    assert visit.notes == "written before it was lost"


def test_it_hands_in_for_three_days_two_hundred_acts_and_of_its_own_jobs_only(
    client, now, monkeypatch
):
    who = technician()
    order, other = given(job(), who), given(job(), technician())
    at_work(order, who)
    device, token = phone_of(who)
    end(device)
    monkeypatch.setattr(devices, "MOST_HANDED_IN", 2)
    many = [action(other), *(action(order, number=one) for one in range(2, 6))]
    assert farewell(client, token, *many).json()["kept"] == 2
    now[0] = NINE + timedelta(hours=72, seconds=1)
    assert farewell(client, token, action(order, number=9)).json() == {"ended": True, "kept": 0}


def test_the_phone_says_when_it_is_wiped_and_a_sign_out_frees_its_place(client):
    who = technician()
    device, token = phone_of(who)
    farewell(client, token, wiped=True)
    device.refresh_from_db()
    assert (device.ended_reason, device.wiped_at) == ("Signed out", NINE)
    lost, token = phone_of(who)
    end(lost)
    farewell(client, token, wiped=True)
    lost.refresh_from_db()
    assert (lost.ended_reason, lost.wiped_at) == (LOST, NINE)


def test_the_phone_of_somebody_who_left_is_ended_with_them(client):
    who = technician()
    _device, token = phone_of(who)
    who.is_active = False
    who.save()
    assert farewell(client, token).json()["ended"] is True


def test_nobody_gets_in_without_the_secret(client):
    assert farewell(client, "guessed").status_code == 404
    assert client.post(FAREWELL, "{", content_type="application/json").status_code == 400
    assert client.get(FAREWELL).status_code == 405


def test_managers_see_and_end_the_phones_of_their_branch(client, django_assert_max_num_queries):
    branch = BranchFactory()
    who, other = technician(branch=branch), technician(branch=BranchFactory())
    mine, theirs = phone_of(who)[0], phone_of(other)[0]
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=branch))
    page, one = reverse("staff_fieldservice:devices"), "staff_fieldservice:end-device"
    phone_of(who)
    with django_assert_max_num_queries(12):
        text = client.get(page).content.decode()
    assert (who.name in text, other.name in text) == (True, False)
    assert client.get(reverse(one, args=[theirs.pk])).status_code == 404
    client.post(reverse(one, args=[mine.pk]), {"reason": LOST})
    mine.refresh_from_db()
    assert mine.ended_reason == LOST
    client.force_login(UserFactory(role="SUPPORT"))
    assert client.get(page).status_code == 403


def test_the_app_registers_once_and_a_third_phone_is_told_why_not(client):
    who = technician()
    client.force_login(who)

    def register(letter):
        return client.post(REGISTER, headers={"X-Field-Device": letter * 40}).status_code

    assert [register(one) for one in "aabc"] == [200, 200, 200, 409]
    assert client.post(REGISTER).status_code == 400
    end(FieldDevice.objects.first())
    assert register("a") == 404
