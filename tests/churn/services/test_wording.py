"""Words from the simulated Gemini over a real socket: what goes out, what is let in."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from churn.gateways import gemini
from churn.models import ChurnWording
from churn.queries import wording as queries
from churn.rules import wording as rules
from churn.services import wording
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.gemini.server import KEY, serve
from tests.factories.churn import ScoreFactory, churn_settings, vector
from tests.factories.customers import AreaFactory, CustomerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 20, tzinfo=UTC)


@pytest.fixture
def google(settings, monkeypatch):
    server = serve()
    settings.AI_ENABLED, settings.GEMINI_API_KEY, settings.GEMINI_URL = True, KEY, server.url
    settings.GEMINI_MODEL = "gemini-3.8-flash"
    settings.GEMINI_PROMPT_PRICE, settings.GEMINI_ANSWER_PRICE = Decimal("0.30"), Decimal("2.50")
    churn_settings(is_ai_on=True)
    monkeypatch.setattr(wording, "PAUSES", (0.0, 0.0))
    yield server
    server.close()


def word_all(days=0):
    return wording.word_all(act=Act(None, AT + timedelta(days=days)))


def said(score, language="en"):
    with translation.override(language):
        return queries.words([score])[score.customer_id]


def scores(count):
    """Scores of which each is said something else."""
    names = ["late_bills", "overdue_days", "tickets", "stars", "nps", "cuts", "reopened"]
    pairs = [(one, other) for one in names for other in names if one != other]
    return [
        ScoreFactory(
            reasons=[{"code": one, "points": 10}, {"code": other, "points": 5}],
            vector=vector(**{one: 2.0, other: 3.0}),
        )
        for one, other in pairs[:count]
    ]


def test_both_languages_are_worded_once_and_told_apart_from_our_own(google):
    score = ScoreFactory()
    ours = said(score)
    assert (ours.text, ours.is_by_ai) == (
        "4+ bills were late in six months · A ticket has been open for 4–7 days",
        False,
    )
    assert ours.actions == ("PAYMENT_PLAN", "TECHNICIAN")

    tally = word_all()

    assert (tally.processed, len(google.captured)) == (2, 2)
    words = said(score)
    assert words.is_by_ai
    assert words.text.startswith("Talk first about late bills")
    assert said(score, "bn").text.startswith("প্রথমে")
    assert word_all().processed == 0
    assert len(google.captured) == 2
    ScoreFactory()  # the same is said of another customer
    word_all(29)
    assert len(google.captured) == 2
    word_all(31)
    assert len(google.captured) == 4


def test_nothing_of_a_person_leaves(google):
    customer = CustomerFactory(
        name="Amina Chowdhury",
        phone="+8801712345678",
        email="amina@mail.example",
        address="House 77, Lane 5",
        area=AreaFactory(name="Mirpur"),
        number="CT-2026-77777",
    )
    ScoreFactory(customer=customer, monthly_amount="1234.56", at_stake="864.19")

    word_all()

    assert google.captured
    for request in google.captured:
        line = request.path + json.dumps(request.headers) + request.body
        for own in ("Amina", "Chowdhury", "1712345678", "mail.example", "House 77", "Lane 5"):
            assert own not in line
        for own in ("Mirpur", "CT-2026", "77777", customer.branch.name, "1234", "864"):
            assert own not in line
        body = json.loads(request.body)
        rows = json.loads(body["contents"][0]["parts"][0]["text"])
        assert all(set(row) == {"row", "reasons"} for row in rows)
        assert body["generationConfig"]["responseMimeType"] == "application/json"
        assert request.headers["x-goog-api-key"] == KEY


def test_a_request_is_written_down_with_tokens_and_cost(google):
    ScoreFactory()
    word_all()

    event = AuditEvent.objects.filter(action="churn.worded").order_by("pk").first()
    row = ChurnWording.objects.get(language="en")
    assert (event.after["rows"], event.after["let_in"]) == (1, 1)
    assert event.after["prompt_tokens"] == row.prompt_tokens > 0
    assert Decimal(event.after["cost_usd"]) > 0
    assert wording.cost(1_000_000, 100_000) == Decimal("0.55")
    sent = json.loads(google.captured[0].body)["contents"][0]["parts"][0]["text"]
    assert event.after["prompt"] == rules.prompt_hash("en", sent)


def test_without_key_or_switch_nobody_is_asked(google, settings):
    score = ScoreFactory()
    churn_settings(is_ai_on=False)
    assert word_all().detail == {"stopped": "off"}
    churn_settings(is_ai_on=True)
    settings.GEMINI_API_KEY = ""
    assert word_all().detail == {"stopped": "off"}
    settings.GEMINI_API_KEY, settings.AI_ENABLED = KEY, False
    word_all()

    assert google.captured == []
    assert not said(score).is_by_ai


@pytest.mark.parametrize("fault", ["injection", "markup", "link", "long", "unknown", "missing"])
def test_a_row_that_says_more_than_it_was_told_keeps_our_words(google, fault):
    one, other = scores(2)
    google.misbehave(fault)

    word_all()

    assert [said(score).is_by_ai for score in (one, other)] == [False, True]
    word_all()
    assert len(google.captured) == 2  # not asked again: one call a fingerprint


@pytest.mark.parametrize("fault", ["503", "hang_up"])
def test_a_service_that_was_away_is_asked_again(google, fault):
    score = ScoreFactory()
    google.misbehave(fault, fault)

    assert word_all().processed == 2
    assert said(score).is_by_ai


@pytest.mark.parametrize(
    ("faults", "asked", "why"),
    [
        (["503"] * 3, 3, "Unreachable"),
        (["429"], 1, "Exhausted"),
        (["400"], 1, "Misconfigured"),
        (["403"], 1, "Misconfigured"),
        (["404"], 1, "Misconfigured"),
    ],
)
def test_what_cannot_go_on_stops_and_leaves_our_words(google, faults, asked, why):
    score = ScoreFactory()
    google.misbehave(*faults)

    tally = word_all()

    assert len(google.captured) == asked
    assert str(tally.detail["stopped"]).startswith(why)
    assert tally.failed == 1
    assert not said(score).is_by_ai
    assert not ChurnWording.objects.exists()


@pytest.mark.parametrize("fault", ["wrong_json", "no_list", "truncated", "blocked"])
def test_a_useless_answer_is_asked_again_in_halves_and_then_left(google, fault):
    first, *_others, last = scores(4)
    google.misbehave(fault, fault)  # the whole, then the first half

    tally = word_all()

    rows = [
        len(json.loads(json.loads(one.body)["contents"][0]["parts"][0]["text"]))
        for one in google.captured
    ]
    assert rows == [4, 2, 2, 4]  # in Bangla all is well
    assert [said(score).is_by_ai for score in (first, last)] == [False, True]
    assert tally.failed == 2
    used = sum(event.after["prompt_tokens"] for event in AuditEvent.objects.all())
    assert sum(ChurnWording.objects.values_list("prompt_tokens", flat=True)) == used


def test_a_slow_answer_is_not_waited_for(google):
    google.misbehave("slow")
    with pytest.raises(gemini.Unreachable):
        gemini.ask(system="English", prompt="[]", schema=rules.SCHEMA, timeout=0.3)


def test_rows_requests_and_tokens_have_their_limits(google, monkeypatch):
    scores(30)
    word_all()
    sizes = [
        len(json.loads(json.loads(one.body)["contents"][0]["parts"][0]["text"]))
        for one in google.captured
    ]
    assert sizes == [25, 5, 25, 5]

    ChurnWording.objects.all().delete()
    with limit(monkeypatch, "REQUESTS", 1):
        assert word_all().detail["stopped"] == "requests of a run used up"
    with limit(monkeypatch, "TOKENS", 10):
        assert word_all().detail["stopped"] == "tokens of a day used up"
        assert len(google.captured) == 5
        assert word_all(1).detail["requests"] == 1  # the next day has tokens of its own


@contextmanager
def limit(monkeypatch, name, value):
    with monkeypatch.context() as changed:
        changed.setattr(rules, name, value)
        yield
