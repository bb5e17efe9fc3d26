"""The default profile: an Internet company of Dhaka and Chattogram with a year behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F

from billing.allocation.models import Payment
from billing.allocation.queries import paid_with
from billing.run.models import BillingRun
from customers.models import Area, Customer
from ispbill.core import statements
from ispbill.devtools.demo import (
    addresses,
    bank,
    books,
    calls,
    campaigns,
    change_requests,
    contracts,
    corrections,
    days,
    devices,
    dunning,
    field,
    gateways,
    ground,
    history,
    imports,
    interruptions,
    interstellio,
    leads,
    message_providers,
    messages,
    methods,
    offers,
    online,
    outages,
    packages,
    partners,
    people,
    picture,
    places,
    prepaid,
    programs,
    quiet,
    radius,
    retention,
    rounds,
    rows,
    signups,
    speed,
    stock,
    tickets,
    tills,
    usage,
)
from ispbill.devtools.demo.ground import CHATTOGRAM, HQ, Ground
from ispbill.devtools.demo.people import Market
from ispbill.devtools.demo.progress import Say
from ispbill.notifications.rules import wording
from ispbill.notifications.services import bulk
from resellers.models import Reseller

TAX_RATE = Decimal("0.05")  # VAT on Internet service in Bangladesh
RESELLERS = [  # login, name, phone, area, branch
    ("r1@demo.test", "Uttara Link", "01700000021", "Uttara-4", HQ),
    ("r2@demo.test", "Mirpur Net Point", "01700000022", "Mirpur-10", HQ),
    ("r3@demo.test", "Port City Broadband", "01700000023", "Halishahar", CHATTOGRAM),
]
TOLD_PAYMENTS_DAYS = 3
_HURRY = ("synchronous_commit = off", "jit = off", "work_mem = '64MB'", "enable_nestloop = off")
MOST_MESSAGES = 3_000
SOME = 200  # customers

RECEIPTS = """
    SELECT p.receipt_number, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'amount', p.amount::text,
               'receipt', p.receipt_number, 'method', %s::jsonb -> c.language -> p.method,
               'balance', t.balance_amount::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_payment p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN customers_accountstate t ON t.customer_id = c.id
    WHERE p.status = 'COMPLETED' AND p.received_at > %s ORDER BY p.received_at DESC LIMIT %s
"""


def _method_words() -> str:
    """Return how each method is named in each language, as JSON."""
    return json.dumps(
        {
            language: {
                method: paid_with.words(method, language=language)
                for method in Payment.Method.values
            }
            for language in wording.LANGUAGES
        }
    )


def seed(
    *, customers: int, lead_count: int, seed_number: int, months: int, now: datetime, say: Say
) -> None:
    """Fill an empty database; the history ends at `now`. The same seed makes the same company."""
    calendar = days.calendar(today=now.astimezone(days.ZONE).date(), months=months)
    with quiet.history(), _in_a_hurry():
        with say.step("Company, staff, areas, packages"):
            base, market, shelf = _found(calendar, now=now)
        with say.step(f"{customers} customers and their services"):
            rows.write(
                people.invent(customers, seed=seed_number, calendar=calendar, market=market),
                count=customers,
                calendar=calendar,
                market=market,
                seller=base.staff["sales@demo.test"],
                say=say,
            )
            offers.change_in_the_past(base, calendar)
        with say.step(f"Bills and payments of {months} months"):
            pace = history.Pace(seed=seed_number, now=now)
            history.live(calendar, base=base, pace=pace, say=say)
        with say.step("Suspensions"), transaction.atomic():
            interruptions.write()
            history.cut_off(on=calendar.today, everybody=True)
        with say.step("Lines, account states, notes, portal logins"):
            picture.draw(base=base, seed=seed_number, now=now)
        with say.step("What flowed on the lines"):
            usage.flow(base=base, now=now, zone=str(days.ZONE))
        with say.step("Speed tests"), transaction.atomic():
            speed.measured(base=base, seed=seed_number, now=now)
        with say.step("Addresses"), transaction.atomic():
            addresses.give(base=base, now=now)
            methods.show(base=base, now=now)
            radius.show(base=base, now=now)
        with say.step("How unpaid bills are treated"):
            dunning.lay(base=base, on=calendar.today, at=now)
        with say.step("Requests for other packages"), transaction.atomic():
            change_requests.make(now=now)
        with say.step("A cash day, counted and closed"):
            tills.yesterday(base, today=calendar.today)
        with say.step(f"{lead_count} leads"):
            leads.make(
                lead_count,
                seed=seed_number,
                calendar=calendar,
                base=base,
                sites=market.sites,
                packages=market.packages,
            )
        with say.step("Tickets and what customers thought of the answers"):
            tickets.show(base=base, seed=seed_number, now=now)
        with say.step("Campaigns and calls"):
            campaigns.run(base=base, now=now)
            calls.make(base=base, seed=seed_number, now=now)
            message_providers.tell(at=now - timedelta(hours=3))
        if _is_of_some_size():
            with say.step("Outages, works and months of uptime"):
                outages.happen(base=base, now=now)
        _show(base, shelf, calendar, seed_number, now=now, say=say)
        with say.step("Revenue earned, books sealed and closed"):
            books.keep(calendar, base=base)
    quiet.shorten_job_runs()
    statements.run("DROP TABLE IF EXISTS demo_person, demo_line, demo_intent")


def _found(calendar: days.Calendar, *, now: datetime) -> tuple[ground.Ground, Market, offers.Shelf]:
    """Lay what a company has before it has customers: staff, places, routers, things to sell."""
    began = days.moment(calendar.start, 9)
    base = ground.lay(tax_rate=TAX_RATE, at=now)
    gateways.connect(base, at=began)
    message_providers.connect(base.owner, at=began)
    messages.agree_on_prices(base.owner, at=began)
    sites, areas = places.build(base, at=began)
    offered = packages.build(base, tax_rate=TAX_RATE, since=calendar.start, at=began)
    shelf = offers.lay(base, since=calendar.start, at=began)
    market = Market(
        sites=sites,
        packages=offered,
        resellers=_resellers(base, areas),
        routers={
            base.branches[HQ].pk: base.routers["sim-1"].pk,
            base.branches[CHATTOGRAM].pk: base.routers["sim-2"].pk,
        },
    )
    return base, market, shelf


def _show(
    base: ground.Ground,
    shelf: offers.Shelf,
    calendar: days.Calendar,
    seed_number: int,
    *,
    now: datetime,
    say: Say,
) -> None:
    """Give every page of the present something to show."""
    with say.step("Add-ons, discounts, a price change to come"):
        offers.sell(shelf, base, today=calendar.today, now=now)
        offers.change_to_come(base, today=calendar.today, now=now)
    with say.step("Prepaid services and recharge cards"):
        prepaid.show(base, today=calendar.today)
    with say.step("A bank statement and a payout"):
        bank.show(base, today=calendar.today)
    with say.step("Tries to pay online"):
        online.show(today=calendar.today)
    with say.step("Shares of resellers, rewards for referrals"):
        partners.show(base=base, now=now, is_at_work=_is_of_some_size())
    with say.step("Technicians' jobs"):
        field.show(base=base, now=now)
    with say.step("Stock at the branch, in vans and with customers"):
        stock.show(base=base, now=now)
    if _is_of_some_size():
        with say.step("A collector's round"):
            rounds.show(base=base, now=now)
        with say.step("Orders of people who want a line"):
            signups.show(base=base, now=now)
            imports.show(base=base, now=now)
        programs.show(base=base, now=now)
        programs.hear(base=base, now=now)
        with say.step("Contracts, drafted, signed and sealed"):
            contracts.show(base=base, now=now)
        with say.step("Customers who may leave, and who called them"):
            retention.show(base=base, seed=seed_number, now=now)
    interstellio.connect(at=now, is_on=False)
    with say.step("Messages already sent"):
        devices.switch_on(owner=base.owner, now=now)
        _tell(now)
        messages.deliver_what_is_past()
        devices.greet(now=now)
    with say.step("Credit notes, deposits, a request for approval"):
        corrections.make(base=base, now=now)
        tills.today(base, now=now)


def _is_of_some_size() -> bool:
    """Tell whether there are enough customers for partners' cash, outages and orders to be of some.

    They are done by the services of the day and bring customers and credit notes of their own.
    """
    return Customer.objects.count() >= SOME


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Let the many small commits of a history not wait for the disk; the last one does again.

    New tables have no statistics yet, and without them the planner takes thousands of rows for a
    handful and compares each with each: joins are by hash or merge here.
    """
    with connection.cursor() as cursor:
        for setting in _HURRY:
            cursor.execute(f"SET {setting}")
        try:
            yield
        finally:
            for setting in _HURRY:
                cursor.execute(f"RESET {setting.split()[0]}")


def _resellers(base: Ground, areas: dict[str, Area]) -> dict[int, int]:
    """Make the resellers; return whose customers an area's are."""
    made: dict[int, Reseller] = {}
    for login, name, phone, area, branch in RESELLERS:
        made[areas[area].pk] = ground.reseller(
            login=login,
            name=name,
            phone=phone,
            branch=base.branches[branch],
            areas=[areas[area]],
            ground=base,
        )
    return {area: reseller.pk for area, reseller in made.items()}


def _tell(now: datetime) -> None:
    """Queue the messages about the latest payments, as they were told at the time.

    Bills were announced by their runs; those of older runs count as told.
    """
    BillingRun.objects.filter(messages_sent_at__isnull=True).update(
        messages_sent_at=F("started_at")
    )
    since = now - timedelta(days=TOLD_PAYMENTS_DAYS)
    with transaction.atomic(), connection.cursor() as cursor:
        values = [_method_words(), since, MOST_MESSAGES]
        bulk.enqueue_select("payment_received", RECEIPTS, values, now)
        cursor.execute(
            "UPDATE notifications_message m SET created_at = p.received_at"
            " FROM billing_payment p WHERE m.event = 'payment_received'"
            " AND p.receipt_number = m.context ->> 'receipt'"
        )
