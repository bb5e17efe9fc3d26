"""The model's page: what is missing, how it did, and what was refused."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from churn.models import ChurnModel, ChurnObservation
from churn.rules import gates
from churn.rules.features import GROUPS, NAMES
from churn.views import model_words
from ispbill.accounts.models import User
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.churn import CONTENT, METRICS
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
URL = reverse("staff_churn:model")


def model(**changed):
    return ChurnModel.objects.create(
        **{
            "trained_at": datetime(2026, 1, 5, tzinfo=UTC),
            "algorithm": "LOGISTIC",
            "state": "ACTIVE",
            "fingerprint": "f" * 64,
            "first_month": date(2024, 6, 1),
            "last_month": date(2025, 9, 1),
            "observation_count": 5000,
            "leaver_count": 700,
            "content": CONTENT,
            "metrics": METRICS,
            **changed,
        }
    )


def read(client):
    return client.get(URL).content.decode()


def test_little_history_is_said_with_what_is_missing(client, owner):
    ChurnObservation.objects.create(
        customer=CustomerFactory(), month=date(2025, 9, 1), vector=[0.0] * len(NAMES), has_left=True
    )
    page = client.get(URL)
    assert "Rules score until there is enough history" in page.content.decode()
    assert [(need["have"], need["least"]) for need in page.context["needs"]] == [
        (1, 9),
        (1, 300),
        (1, 60),
    ]


def test_the_live_model_is_held_against_overdue_days_and_its_own_promises(client, owner):
    model()
    page = read(client)
    assert "Logistic regression" in page
    for figure in ("0.82", "0.66", "15.3%", "5.4", "5.0 – 5.9"):
        assert figure in page
    assert "× 1.73" in page  # one late bill more: e^.55
    assert "Time as a customer. Look at what changed." in page
    assert "Branch Mirpur: 1.40 times the 120 expected" in page


def test_trees_show_groups_instead_of_weights(client, owner):
    model(algorithm="BOOSTING", content={"algorithm": "BOOSTING"})
    page = read(client)
    assert "What moves the score most" in page
    assert "What makes leaving likelier or less so" not in page


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (gates.Refusal(gates.LEAKING, 0.95, 0.9, "tickets"), "“Tickets, 90 days” alone tells"),
        (gates.Refusal(gates.GOOD, 0.98, 0.97), "Too good to be true (0.980)"),
        (gates.Refusal(gates.AUC, 0.61, 0.65), "too poorly: 0.610, at least 0.65"),
        (gates.Refusal(gates.GAIN, 0.004, 0.02), "by 0.004, 0.02 is needed"),
        (gates.Refusal(gates.SLOPE_OFF, 1.4, 1.25), "slope 1.400, limit 1.25"),
        (gates.Refusal(gates.RATIO_OFF, 0.5, 0.75), "observed by expected 0.500"),
        (gates.Refusal(gates.SIMPLER, 0.002, 0.01), "simpler model is as good"),
        (gates.Refusal(gates.BEATEN, 0.03, 0.01), "other model is better by 0.030"),
    ],
)
def test_refused_models_say_why(client, owner, refusal, said):
    model(state="REFUSED", why=refusal.text, metrics={"refusals": [list(refusal)]}, content={})
    assert said in read(client)


def test_every_feature_and_group_has_words():
    assert set(model_words.FEATURE_WORDS) == set(NAMES)
    assert set(model_words.GROUP_WORDS) == set(GROUPS)


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        (User.Role.AUDITOR, 200),
        (User.Role.BRANCH_MANAGER, 200),
        (User.Role.SUPPORT, 200),
        (User.Role.NOC, 403),
        (User.Role.CASHIER, 403),
    ],
)
def test_who_may_look(client, role, answer):
    branch = BranchFactory() if role == User.Role.BRANCH_MANAGER else None
    client.force_login(UserFactory(role=role, branch=branch))
    assert client.get(URL).status_code == answer


def test_more_models_ask_no_more(client, owner):
    model()
    client.get(URL)
    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    for number in range(3):
        model(state="RETIRED", fingerprint=str(number))
    with CaptureQueriesContext(connection) as more:
        client.get(URL)
    assert len(more) == len(one)
