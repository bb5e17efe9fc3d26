"""Would you recommend us? Whom we ask and when, once, and not who wants to be asked nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from customers.models import CustomerLogin
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.inbox.queries import items
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.tickets import OpinionFactory, opened, team
from tickets.models import Opinion, SupportSettings, Survey, SurveyRefusal
from tickets.queries import answers, survey_links
from tickets.services import opinions, opting_out, resolution, support
from tickets.services.opinions import Said
from tickets.services.surveys import AlreadyAnswered, Expired

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 10, 4, 30, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC).date()


@pytest.fixture(autouse=True)
def _today():
    clock.set_simulated(AT)


def member(**more):
    """Somebody in use for long."""
    customer = CustomerFactory(customer_since=LONG_AGO, **more)
    SubscriptionFactory(customer=customer)
    customer.refresh_from_db()
    return customer


def ask(at=AT):
    return opinions.ask_due(act=Act(None, at))


def test_asked_every_six_months_and_once_however_often_the_job_runs():
    customer = member()

    assert (ask(), ask(), ask(AT + timedelta(days=100))) == (1, 0, 0)
    assert ask(datetime(2027, 1, 9, 18, 30, tzinfo=UTC)) == 1  # 10 January 00:30 in Dhaka
    assert Opinion.objects.filter(customer=customer).count() == 2
    assert Message.objects.filter(event="opinion_survey", channel="SMS").count() == 2


def test_who_is_not_asked():
    CustomerFactory(customer_since=LONG_AGO)  # no service
    new = member()
    new.customer_since = (AT - timedelta(days=10)).date()
    new.save(update_fields=["customer_since"])
    opting_out.stop(customer=member(), act=Act(None, AT))
    helped = member()
    agent = UserFactory(role="SUPPORT")
    team(agent)
    ticket = opened(helped, at=AT - timedelta(days=2))
    resolution.resolve(
        ticket=ticket, cause="FIXED", text="Mended.", act=Act(agent, AT - timedelta(days=1))
    )

    assert ask() == 0
    Survey.objects.update(asks_nps=False)
    assert ask(AT + timedelta(days=5)) == 0  # within a week of the survey
    assert ask(AT + timedelta(days=7)) == 1
    assert ask(AT + timedelta(days=40)) == 1  # the new one


def test_a_days_cap_spreads_the_base_and_the_longest_unasked_come_first():
    first, second, third = member(), member(), member()
    OpinionFactory(customer=first, asked_at=AT - timedelta(days=300))
    OpinionFactory(customer=second, asked_at=AT - timedelta(days=400))
    SupportSettings.objects.create(opinions_a_day=2, pk=1)

    assert (ask(), ask()) == (2, 0)
    today = Opinion.objects.filter(asked_at=AT).values_list("customer", flat=True)
    assert set(today) == {third.pk, second.pk}
    assert ask(AT + timedelta(days=1)) == 1

    SupportSettings.objects.update(asks_opinions=False)
    assert ask(AT + timedelta(days=400)) == 0


def test_a_ticket_survey_after_an_opinion_keeps_quiet_and_asks_no_score_again():
    customer = member()
    ask()
    agent = UserFactory(role="SUPPORT")
    team(agent)
    resolution.resolve(
        ticket=opened(customer, at=AT), cause="FIXED", text="Mended.", act=Act(agent, AT)
    )

    survey = Survey.objects.get()
    assert not survey.asks_nps
    assert not Message.objects.filter(event="ticket_survey").exists()


def test_an_opinion_is_said_once_and_stands_with_the_customer():
    customer = member()
    ask()
    opinion = Opinion.objects.get()

    opinions.answer(opinion=opinion, said=Said(9, " Fast. "), act=Act(None, AT))
    with pytest.raises(AlreadyAnswered):
        opinions.answer(opinion=opinion, said=Said(0), act=Act(None, AT))
    late = OpinionFactory()
    with pytest.raises(Expired):
        opinions.answer(
            opinion=late, said=Said(0), act=Act(None, late.expires_at + timedelta(seconds=1))
        )

    customer.account_state.refresh_from_db()
    assert (customer.account_state.nps, customer.account_state.satisfaction) == (9, None)
    opinion.refresh_from_db()
    assert opinion.comment == "Fast."


def test_the_worked_example_18_for_9_against_of_40_is_23():
    scores = [10] * 18 + [3] * 9 + [8] * 13
    branch = None
    for score in scores:
        made = OpinionFactory(score=score, answered_at=AT)
        branch = branch or made.branch
    cross = Opinion.objects.filter(score=10).first()
    OpinionFactory(  # the same customer earlier: only the latest counts
        customer=cross.customer, score=0, answered_at=AT - timedelta(days=3)
    )

    rows = Opinion.objects.all()
    found = answers.figures(Survey.objects.none(), since=AT - timedelta(days=9), opinions=rows)
    (line,) = answers.months(Survey.objects.none(), named=str, opinions=rows)

    assert (found.nps, line.nps, line.answers) == (23, 23, 41)
    assert found.average is None


def test_the_link_only_asks_and_the_answer_is_sent_once(client):
    opinion = OpinionFactory(asked_at=AT)
    address = survey_links.opinion_path(opinion)

    shown = client.get(f"{address}?s=9")
    assert b'value="9" class' in shown.content or b"checked" in shown.content
    opinion.refresh_from_db()
    assert opinion.score is None

    assert client.post(address, {"score": ""}).status_code == 422
    assert client.post(address, {"score": "9"}).status_code == 200
    client.post(address, {"score": "0"})
    opinion.refresh_from_db()
    assert opinion.score == 9
    assert "already answered" in client.get(address).content.decode()
    assert client.get(address + "x").status_code == 404


def test_the_link_to_no_more_questions_asks_first_and_is_honoured(client):
    customer = member()
    word = survey_links.quiet_url(customer.pk).rsplit("/", 1)[1]
    address = reverse("public_tickets:quiet", args=[word])

    client.get(address)
    assert not SurveyRefusal.objects.exists()
    client.post(address)
    assert SurveyRefusal.objects.filter(customer=customer).exists()
    assert ask() == 0

    agent = UserFactory(role="SUPPORT")
    team(agent)
    resolution.resolve(
        ticket=opened(customer, at=AT), cause="FIXED", text="Mended.", act=Act(agent, AT)
    )
    assert not Survey.objects.exists()
    assert client.get(address.replace("-", "-x")).status_code == 404


def test_questions_that_wait_are_not_sent_once_somebody_wants_none():
    customer = member()
    ask()
    opting_out.stop(customer=customer, act=Act(None, AT))

    rows = Message.objects.filter(event="opinion_survey")
    assert set(rows.values_list("state", flat=True)) == {"CANCELLED"}


def test_the_portal_asks_and_lets_one_choose(client):
    customer = member()
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=customer, user=user)
    ask()
    opinion = Opinion.objects.get()
    other = OpinionFactory(asked_at=AT)
    client.force_login(user)

    assert reverse("portal:opinion") in client.get(reverse("portal:home")).content.decode()
    assert 'name="score"' in client.get(reverse("portal:opinion")).content.decode()
    mine, theirs = (reverse("portal:opinion-answer", args=[one.pk]) for one in (opinion, other))
    assert client.post(theirs, {"score": "0"}).status_code == 404
    assert client.post(mine, {"score": "8", "comment": "Fine."}).status_code == 302
    opinion.refresh_from_db()
    assert (opinion.score, opinion.comment) == (8, "Fine.")

    client.post(reverse("portal:opinion-choice"))
    assert SurveyRefusal.objects.filter(customer=customer).exists()
    client.post(reverse("portal:opinion-choice"), {"is_asked": "1"})
    assert not SurveyRefusal.objects.exists()


def test_a_low_score_waits_in_the_inbox_as_the_settings_say():
    owner = UserFactory()
    opinion = OpinionFactory(asked_at=AT)
    opinions.answer(opinion=opinion, said=Said(6), act=Act(None, AT))
    happy = OpinionFactory(asked_at=AT)
    opinions.answer(opinion=happy, said=Said(7), act=Act(None, AT))

    assert items.count(owner, at=AT) == 1
    support.change(
        values={"low_opinions_wait": False}, act=Act(owner, AT, reason="we call them anyway")
    )
    assert items.count(owner, at=AT) == 0


def test_the_page_of_surveys_counts_opinions_and_its_file_is_kept(client):
    for score in (10, 9, 9, 8, 3):
        OpinionFactory(asked_at=AT, score=score, answered_at=AT, comment="Word.")
    client.force_login(UserFactory())

    page = client.get(reverse("staff_tickets:surveys"))
    assert (page.status_code, page.context["figures"].nps) == (200, 40)
    file = client.get(reverse("staff_tickets:surveys-file"))
    assert b"By branch" in b"".join(file.streaming_content)
    assert AuditEvent.objects.filter(action="user.surveys_exported").exists()
