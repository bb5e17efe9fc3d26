"""Answers kept without a name: nothing leads from what was said to who said it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from customers.models import AccountState
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY, OpinionFactory, opened
from tickets.models import Opinion, SupportSettings, Survey
from tickets.queries import answers, opinions, survey_links
from tickets.services import opinions as asking
from tickets.services import resolution, surveys
from tickets.services.surveys import AlreadyAnswered, Anonymous

pytestmark = pytest.mark.django_db
AT = SATURDAY


@pytest.fixture
def nameless():
    SupportSettings.objects.create(pk=1, survey_anonymous=True)


@pytest.fixture
def agent():
    return UserFactory(role="SUPPORT", name="Tanvir Hasan")


def asked(agent, customer=None):
    """A survey about a ticket just resolved."""
    ticket = opened(customer or CustomerFactory())
    resolution.resolve(ticket=ticket, cause="FIXED", text="Mended.", act=Act(agent, AT))
    return Survey.objects.get(ticket=ticket)


def said(survey, stars=2, comment="Slow.", nps=3):
    given = surveys.Answer(stars, comment, nps)
    return surveys.answer(survey=survey, given=given, act=Act(None, AT + timedelta(hours=5)))


def test_the_answer_is_kept_apart_from_the_question(nameless, agent):
    survey = asked(agent)

    kept = said(survey)
    survey.refresh_from_db()

    assert (kept.ticket_id, kept.customer_id) == (None, None)
    assert (kept.stars, kept.comment, kept.nps, kept.resolver) == (2, "Slow.", 3, agent)
    assert (survey.stars, survey.comment, survey.nps) == (None, "", None)
    midnight = clock.midnight(clock.local_date(AT))
    assert (survey.answered_at, kept.answered_at) == (midnight, midnight)


def test_neither_the_trail_nor_the_customer_s_facts_tell(nameless, agent):
    survey = asked(agent)
    said(survey)

    assert not AuditEvent.objects.filter(action__startswith="survey.").exists()
    state = AccountState.objects.get(pk=survey.customer_id)
    assert (state.satisfaction, state.nps) == (None, None)


def test_it_is_answered_once(nameless, agent):
    survey = asked(agent)
    said(survey)

    with pytest.raises(AlreadyAnswered):
        said(survey)
    assert Survey.objects.count() == 2


def test_it_counts_as_one_question_and_one_answer(nameless, agent):
    said(asked(agent))

    told = answers.figures(Survey.objects.all(), since=AT - timedelta(days=1))

    assert (told.asked, told.answered) == (1, 1)


def test_groups_of_fewer_than_five_are_hidden(nameless, agent):
    for _n in range(4):
        said(asked(agent), stars=5, nps=9)
    rows = Survey.objects.filter(answered_at__isnull=False)
    assert [(one.answers, one.average, one.nps) for one in answers.by(rows, "resolver__name")] == [
        (4, None, None)
    ]

    said(asked(agent), stars=4, nps=9)

    [line] = answers.by(rows, "resolver__name")
    assert (line.answers, str(line.average), line.nps) == (5, "4.80", 100)


def test_what_was_promised_when_asked_holds(agent):
    survey = asked(agent)
    SupportSettings.objects.create(pk=1, survey_anonymous=True)

    assert said(survey).customer_id == survey.customer_id


def test_a_low_score_waits_but_leads_to_no_ticket(nameless, agent, client):
    kept = said(asked(agent, CustomerFactory(name="Amina Begum")))
    client.force_login(agent)

    with pytest.raises(Anonymous):
        surveys.reopen(survey=kept, act=Act(agent, AT, reason="we look into it"))
    for page in (reverse("staff:inbox"), f"{reverse('staff_tickets:surveys')}?period=all"):
        shown = client.get(page).content.decode()
        assert "Amina Begum" not in shown
    item = client.get(reverse("staff:inbox-item", args=["low-score", kept.pk])).content.decode()
    assert "Slow." in item
    assert "Amina" not in item
    assert "Reopen" not in item


def test_an_opinion_is_kept_apart_too(agent):
    opinion = OpinionFactory(is_anonymous=True)

    kept = asking.answer(opinion=opinion, said=asking.Said(2, "Dear."), act=Act(None, AT))
    opinion.refresh_from_db()

    assert (kept.customer_id, kept.score, kept.comment) == (None, 2, "Dear.")
    assert (opinion.score, opinion.comment, opinion.is_answered) == (None, "", True)
    assert opinions.open_of(opinion.customer_id, at=AT) is None
    assert not AuditEvent.objects.filter(action__startswith="opinion.").exists()


def test_the_page_says_so(nameless, agent, client):
    survey = asked(agent)
    Survey.objects.update(expires_at=timezone.now() + timedelta(days=1))
    address = survey_links.path(survey)

    assert "kept without your name" in client.get(address).content.decode()
    client.post(address, {"stars": "2", "comment": "Slow.", "nps": "3"})
    assert "already answered" in client.get(address).content.decode()
    assert Survey.objects.get(stars=2).customer_id is None


def test_the_database_refuses_a_nameless_answer_with_a_name(nameless, agent):
    survey = asked(agent)
    broken = [
        lambda: Survey.objects.filter(pk=survey.pk).update(stars=2, answered_at=AT),
        lambda: Survey.objects.filter(pk=survey.pk).update(customer=None),
        lambda: Opinion.objects.create(
            customer=None,
            branch=survey.branch,
            area=survey.area,
            asked_at=AT,
            expires_at=AT + timedelta(days=1),
        ),
    ]
    for act in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
