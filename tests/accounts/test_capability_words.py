"""Capabilities in words: every one is told, and none that does not exist."""

import pytest
from django.urls import reverse

from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.views import capability_words
from tests.factories.accounts import UserFactory


def test_every_capability_has_words_and_stands_in_one_group():
    told = [name for _title, rows in capability_words.GROUPS for name in rows]

    assert sorted(told) == sorted(CAPABILITIES)


@pytest.mark.django_db
def test_roles_are_told_without_codes(client):
    client.force_login(UserFactory())

    page = client.get(reverse("staff_accounts:roles")).content.decode()

    assert "Take payments" in page
    assert "payments.take" not in page
