"""How alike two accounts are."""

import pytest

from customers.rules import similarity
from customers.rules.similarity import Person


def person(**values):
    return Person(**{"name": "Amina Begum", "area": 1, "address": "House 4, Road 2"} | values)


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        ({"phone": "+1"}, {"phone": "+1"}, 80),
        ({"phone": "+1", "national_id": "a"}, {"phone": "+1", "national_id": "b"}, 40),
        ({"phone": "+1", "national_id": "a"}, {"phone": "+1", "national_id": "a"}, 100),
        ({"phone": "+1"}, {"alternate_phone": "+1", "name": "Eva", "area": 2}, 20),
        ({"email": "A@x.test"}, {"email": "a@x.test", "name": "Eva", "area": 2}, 30),
        ({"national_id": "a"}, {"national_id": "b"}, 0),
    ],
)
def test_two_accounts_are_as_alike_as_what_they_share(one, other, points):
    assert similarity.score(similarity.reasons(person(**one), person(**other))) == points


def test_what_too_many_share_counts_nothing():
    one, other = person(phone="+1", name="Eva"), person(phone="+1", area=2)

    assert similarity.reasons(one, other, common={"+1"}) == []
