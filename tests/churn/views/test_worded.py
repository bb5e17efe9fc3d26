"""All that left for Gemini can be read, and only the owner does."""

import pytest
from django.urls import reverse

from churn.models import ChurnWording
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
URL = reverse("staff_churn:words")


def worded(at, *, number, text):
    return ChurnWording.objects.create(
        fingerprint=str(number),
        language="en",
        asked=[["late_bills", "4+"]],
        text=text,
        made_by="gemini-3.8-flash",
        made_at=at,
    )


def test_what_was_sent_and_what_was_let_in(client, owner, at, django_assert_num_queries):
    assert "Nothing was sent yet" in client.get(URL).content.decode()
    worded(at, number=1, text="Talk about the bills.")
    with django_assert_num_queries(4):
        client.get(URL)
    worded(at, number=2, text="")
    with django_assert_num_queries(4):
        page = client.get(URL).content.decode()

    assert "Talk about the bills." in page
    assert page.count("late_bills: 4+") == 2
    assert "Not let in" in page


@pytest.mark.parametrize("role", ["BILLING", "SUPPORT", "AUDITOR"])
def test_it_is_the_owners(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(URL).status_code == 403
