"""Tickets, as the product opens them, and what the company has laid down about them."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from ispbill.core import crypto
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tickets.models import (
    CannedReply,
    Category,
    InboundMail,
    Mailbox,
    OpeningHours,
    Opinion,
    SlaPolicy,
    Team,
    TeamMember,
)
from tickets.services import founding, intake, mail_fetching

SATURDAY = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)  # 10:00 in Dhaka
_OPEN_DAYS = (0, 1, 2, 3, 5, 6)  # Friday is closed


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    code = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory, role="SUPPORT")


class SlaPolicyFactory(DjangoModelFactory):
    class Meta:
        model = SlaPolicy

    name = factory.Sequence(lambda n: f"Policy {n}")


class OpeningHoursFactory(DjangoModelFactory):
    class Meta:
        model = OpeningHours

    weekday = 0
    opens_minute = 540
    closes_minute = 1080


class CannedReplyFactory(DjangoModelFactory):
    class Meta:
        model = CannedReply

    title = factory.Sequence(lambda n: f"Reply {n}")
    text = "Dear {name}, we look into {ticket}."


class OpinionFactory(DjangoModelFactory):
    class Meta:
        model = Opinion

    customer = factory.SubFactory(CustomerFactory)
    branch = factory.SelfAttribute("customer.branch")
    area = factory.SelfAttribute("customer.area")
    asked_at = SATURDAY
    expires_at = factory.LazyAttribute(lambda made: made.asked_at + timedelta(days=14))


def office_hours():
    """Open Saturday to Thursday, 09–13 and 14–18."""
    for weekday in _OPEN_DAYS:
        OpeningHoursFactory(weekday=weekday, opens_minute=540, closes_minute=780)
        OpeningHoursFactory(weekday=weekday, opens_minute=840, closes_minute=1080)


def team(*people, categories=("connection", "speed", "billing", "relocation", "other"), **more):
    """Make a team of these people that answers for these categories."""
    founding.lay()
    made = TeamFactory(**more)
    made.categories.set(Category.objects.filter(code__in=categories))
    for person in people:
        TeamMemberFactory(team=made, user=person)
    return made


def opened(customer=None, *, by=None, at=SATURDAY, channel="PORTAL", **report):
    """Open a ticket."""
    report = {"subject": "No internet", "text": "It is off.", "category": "connection", **report}
    return intake.open_ticket(
        customer=customer or CustomerFactory(),
        report=intake.Report(channel=channel, **report),
        act=Act(by, at),
    )


def mailbox(at=SATURDAY, **more):
    """A mailbox that is switched off; nobody listens where it points."""
    founding.lay()
    fields = {
        "address": "support@demo.test",
        "host": "mail.invalid",
        "username": "support",
        "category": Category.objects.get(code="other"),
        "added_at": at,
        **more,
    }
    row = Mailbox(**fields)
    row.sealed_password = crypto.seal("x", context=mail_fetching.secret_place(row))
    row.save()
    return row


def strange_mail(at=SATURDAY, box=None, raw=b"", **more):
    """A mail of somebody without an account, as it lies there."""
    box = box or Mailbox.objects.first() or mailbox(at)
    uid = InboundMail.objects.count() + 1
    fields = {
        "uid": uid,
        "message_id": f"{uid}@mail.test",
        "sender": "new@mail.test",
        "subject": "Do you serve my street?",
        "state": "STRANGER",
        "size": 100,
        **more,
    }
    raw = raw or b"From: new@mail.test\r\nSubject: Do you serve my street?\r\n\r\nI live in Uttara."
    return InboundMail.objects.create(
        mailbox=box, uid_validity=1, raw=raw, received_at=at, **fields
    )
