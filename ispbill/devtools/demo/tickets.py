"""Tickets of the last weeks: most are answered, some wait, two are late, one customer is cross."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import days, mails, opinions
from ispbill.devtools.demo.ground import CHATTOGRAM, HQ, Ground
from tickets.models import (
    CannedReply,
    Category,
    Comment,
    OpeningHours,
    SlaPolicy,
    Survey,
    Team,
    TeamMember,
    Ticket,
)
from tickets.services import conversation, escalation, founding, intake, resolution, surveys
from tickets.services.conversation import Words

OLD, SPREAD_DAYS = 34, 75
_OPEN_DAYS = (0, 1, 2, 3, 5, 6)  # Friday is closed

SAID = {
    "connection": ["The red lamp on the ONU is on since the morning.", "No internet at all."],
    "speed": ["After eight in the evening a film stops every minute.", "Only 4 of 30 Mbps."],
    "billing": ["I have paid by bKash, but the bill still says unpaid.", "Why is there VAT?"],
    "relocation": ["We move to Road 7 next month. Can you move the line?"],
    "other": ["Please tell me the Wi-Fi password once more.", "Can I get a fixed IP address?"],
}
ANSWERED = {
    "connection": "A joint in your street was wet. It is dry and closed again.",
    "speed": "Your channel was shared with four neighbours. We have moved you to a free one.",
    "billing": "The payment had another reference. It is on your bill now.",
    "relocation": "Yes. We come on the day you move, between ten and twelve.",
    "other": "Done. Please restart the router once.",
}
WORDS = {
    5: ["Quick and polite.", "", "Came on time, thank you."],
    4: ["", "Good."],
    3: ["It took long."],
    2: ["Nobody called back."],
    1: ["Off again the next day."],
}
CANNED = [
    (
        "Restart",
        "en",
        "Dear {name},\nplease switch the router off, wait half a minute, and switch "
        "it on again. Does it work then?",
    ),
    (
        "Technician comes",
        "en",
        "Dear {name},\na technician looks at it tomorrow between ten and "
        "twelve. The number for questions is {ticket}.",
    ),
    ("রিস্টার্ট", "bn", "প্রিয় {name},\nরাউটারটি বন্ধ করে আধা মিনিট পর আবার চালু করুন। এখন কি চলছে?"),
    ("টেকনিশিয়ান আসবেন", "bn", "প্রিয় {name},\nআগামীকাল দশটা থেকে বারোটার মধ্যে টেকনিশিয়ান আসবেন।"),
]


@dataclass(frozen=True)
class _Case:
    """A ticket to come: whose, about what, opened when (a UTC moment)."""

    customer: Customer
    category: str
    at: datetime
    channel: str


def show(*, base: Ground, seed: int, now: datetime) -> None:
    """Lay down teams, hours and promises, and write what was reported until now."""
    _lay(base)
    chance = Random(seed)
    people = list(
        Customer.objects.filter(
            subscriptions__status=Subscription.Status.ACTIVE, archived_at__isnull=True
        )
        .distinct()
        .order_by("pk")[: OLD * 3]
    )
    if not people:
        return
    chance.shuffle(people)
    old = sorted(
        (_past(people[place % len(people)], chance, now=now) for place in range(OLD)),
        key=lambda one: one.at,
    )
    for case in old:
        _answered(case, base, chance)
    _live(people[OLD:] or people, base, now=now)
    mails.arrive(base=base, now=now)
    escalation.escalate(act=Act(None, now))
    opinions.show(by=base.staff["support@demo.test"], seed=seed, now=now)


def _lay(base: Ground) -> None:
    founding.lay()
    for weekday in _OPEN_DAYS:
        for opens, closes in ((540, 780), (840, 1260)):
            OpeningHours.objects.create(weekday=weekday, opens_minute=opens, closes_minute=closes)
    SlaPolicy.objects.create(
        name="Business customers",
        customer_class=Customer.Kind.BUSINESS,
        first_minutes=30,
        next_minutes=60,
        resolution_minutes=480,
        is_around_the_clock=True,
    )
    codes = {one.code: one for one in Category.objects.all()}
    staff, lines = base.staff, ("connection", "speed", "relocation", "other")
    _team(
        "Help desk",
        None,
        [staff["support@demo.test"], staff["noc@demo.test"]],
        [codes[one] for one in lines],
        staff["owner@demo.test"],
    )
    _team(
        "Bills",
        None,
        [staff["billing@demo.test"], staff["support@demo.test"]],
        [codes["billing"]],
        staff["billing@demo.test"],
    )
    _team(
        "Chattogram",
        base.branches[CHATTOGRAM].pk,
        [staff["manager.ctg@demo.test"]],
        list(codes.values()),
        staff["manager.ctg@demo.test"],
    )
    for title, language, text in CANNED:
        CannedReply.objects.create(title=title, language=language, text=text)


def _team(
    name: str,
    branch_id: int | None,
    people: Sequence[User],
    categories: Sequence[Category],
    lead: User,
) -> None:
    team = Team.objects.create(name=name, branch_id=branch_id, lead=lead)
    team.categories.set(categories)
    for person in people:
        TeamMember.objects.create(team=team, user=person)


def _past(customer: Customer, chance: Random, *, now: datetime) -> _Case:
    on = (now - timedelta(days=chance.randrange(4, SPREAD_DAYS))).astimezone(days.ZONE).date()
    at = days.moment(on, chance.randrange(9, 20)) + timedelta(minutes=chance.randrange(60))
    category = chance.choices(list(SAID), weights=[8, 6, 5, 1, 3])[0]
    channel = chance.choices(["PORTAL", "PHONE", "COUNTER"], weights=[6, 4, 1])[0]
    return _Case(customer, category, at, channel)


def _opened(case: _Case, text: str, by: User, *, priority: str = "NORMAL") -> Ticket:
    report = intake.Report("", text, case.category, case.channel, priority)
    actor = by if case.channel in ("PHONE", "COUNTER") else None
    return intake.open_ticket(customer=case.customer, report=report, act=Act(actor, case.at))


def _answered(case: _Case, base: Ground, chance: Random) -> None:
    """Let a ticket of the past be answered, resolved, perhaps asked about, and closed."""
    agent = base.staff["support@demo.test"]
    ticket = _opened(case, chance.choice(SAID[case.category]), agent)
    agent = ticket.assignee or agent
    answered = case.at + timedelta(minutes=chance.choice([12, 25, 50, 90, 200]))
    conversation.reply(
        ticket=ticket,
        words=Words("Thank you for telling us. We look into it."),
        then_waits=False,
        act=Act(agent, answered),
    )
    done = answered + timedelta(hours=chance.choice([1, 2, 4, 7, 20, 40]))
    resolution.resolve(
        ticket=ticket, cause="FIXED", text=ANSWERED[case.category], act=Act(agent, done)
    )
    survey = Survey.objects.filter(ticket=ticket).first()
    if survey is None or chance.random() > 0.7:
        return
    stars = chance.choices([5, 4, 3, 2, 1], weights=[10, 6, 2, 1, 1])[0]
    given = surveys.Answer(stars, chance.choice(WORDS[stars]), min(10, stars * 2))
    surveys.answer(survey=survey, given=given, act=Act(None, done + timedelta(hours=3)))


def _live(people: Sequence[Customer], base: Ground, *, now: datetime) -> None:
    """Leave what is open now: new, late, waiting, in work."""
    agent = base.staff["support@demo.test"]
    here = [one for one in people if one.branch_id == base.branches[HQ].pk] or list(people)
    whose = (here * 7)[:7]
    fresh, late, waiting, working, slow, urgent, nobody = (
        _Case(customer, category, now - timedelta(minutes=ago), channel)
        for customer, (category, ago, channel) in zip(
            whose,
            [
                ("speed", 20, "PORTAL"),
                ("connection", 60 * 50, "PORTAL"),
                ("other", 60 * 30, "PORTAL"),
                ("billing", 60 * 5, "PHONE"),
                ("connection", 60 * 26, "PORTAL"),
                ("connection", 45, "PHONE"),
                ("relocation", 90, "PORTAL"),
            ],
            strict=True,
        )
    )
    _opened(fresh, SAID["speed"][0], agent)
    _opened(late, SAID["connection"][0], agent, priority="HIGH")
    asked = _opened(waiting, SAID["other"][1], agent)
    conversation.reply(
        ticket=asked,
        words=Words("Yes. For which of your two services shall it be?"),
        then_waits=True,
        act=Act(asked.assignee or agent, waiting.at + timedelta(minutes=40)),
    )
    begun = _opened(working, SAID["billing"][0], agent)
    resolution.start(ticket=begun, act=Act(begun.assignee or agent, working.at))
    conversation.note(
        ticket=begun, text="bKash shows it under another number.", act=Act(agent, working.at)
    )
    again = _opened(slow, SAID["connection"][1], agent)
    conversation.reply(
        ticket=again,
        words=Words("A technician is on the way."),
        then_waits=False,
        act=Act(again.assignee or agent, slow.at + timedelta(minutes=30)),
    )
    conversation.customer_wrote(
        ticket=again,
        words=Words("Nobody has come so far."),
        by=Comment.By.CUSTOMER,
        act=Act(agent, slow.at + timedelta(hours=6)),
    )
    _opened(urgent, "The whole office is off line.", agent, priority="URGENT")
    moving = _opened(nobody, SAID["relocation"][0], agent)
    Ticket.objects.filter(pk=moving.pk).update(assignee=None, team=None)
