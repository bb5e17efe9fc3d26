"""Write the invented people into the database: copied into staging tables, then set by set.

Row-level security forbids copying into the real tables, and their guards work by statement, so
each real table is filled by one INSERT … SELECT for every `CHUNK` people.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction

from ispbill.audit.services import trail
from ispbill.core import crypto, statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.services import numbering
from ispbill.devtools.demo.days import Calendar, moment
from ispbill.devtools.demo.people import RISK, Market, Person
from ispbill.devtools.demo.progress import Say
from network.rules import profiles

CHUNK = 50_000

STAGING = """
    DROP TABLE IF EXISTS demo_person, demo_line, demo_intent;
    CREATE TEMPORARY TABLE demo_person (
        customer_id bigint PRIMARY KEY, number text, kind text, status text, name text,
        local_name text, phone text, email text, address text, area_id bigint, branch_id bigint,
        latitude numeric, longitude numeric, language text, reseller_id bigint,
        referred_by_id bigint, tags text[], customer_since date, created_at timestamptz,
        billing_day int, payer text, quits_from date, churn_risk text,
        is_never_suspended boolean, keywords text);
    CREATE TEMPORARY TABLE demo_line (
        subscription_id bigint PRIMARY KEY, customer_id bigint, line_no int, package_id bigint,
        status text, technology text, cycle text, billing_day int, price numeric, download int,
        upload int, connection_id text, cpe_make text, cpe_serial text, joined date,
        leaves_on date, created_at timestamptz, router_id bigint, profile text, seal_id uuid,
        sealed_password text);
"""

PEOPLE = """
    INSERT INTO customers_customer (id, number, kind, status, name, local_name, phone,
        alternate_phone, email, seal_id, sealed_national_id, national_id_fingerprint, address,
        area_id, branch_id, latitude, longitude, language, reseller_id, referred_by_id, tags, notes,
        customer_since, preferred_billing_day, credit_limit_amount, is_auto_pay, is_tax_exempt,
        is_never_suspended, wants_sms, wants_whatsapp, wants_email, wants_marketing,
        allows_shared_phone, is_duplicate_suspect, churn_risk, keywords, created_at)
    SELECT customer_id, number, kind, status, name, local_name, phone, '', email, gen_random_uuid(),
        '', '', address, area_id, branch_id, latitude, longitude, language, reseller_id,
        referred_by_id, tags, '', customer_since, billing_day, 0, false, false, is_never_suspended,
        true, false, true, customer_id %% 3 = 0, false, false, churn_risk, keywords, created_at
    FROM demo_person WHERE customer_id > %(after)s ORDER BY customer_id
"""

LINES = """
    INSERT INTO customers_subscription (id, customer_id, line_no, package_id, status, mode,
        technology, cycle, billing_day, price_amount, installation_fee, router_fee, download_mbps,
        upload_mbps, address, connection_id, upstream_provider, upstream_order_id, cpe_make,
        cpe_serial, activated_on, notes, created_at)
    SELECT subscription_id, customer_id, line_no, package_id, status, 'POSTPAID', technology, cycle,
        billing_day, price, 0, 0, download, upload, '', connection_id, '', '', cpe_make, cpe_serial,
        joined, '', created_at
    FROM demo_line WHERE customer_id > %(after)s ORDER BY subscription_id
"""

# What registering and activating each of them would have left in the trail.
EVENTS = """
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT e.at, %(seller)s, %(seller_name)s, '', e.action, e.target_type, e.target_id, e.label,
        e.customer_id, e.branch_id, e.reason, e.before, e.after, ''
    FROM (
        SELECT p.created_at AS at, 'customer.registered' AS action, 'customer' AS target_type,
            p.customer_id::text AS target_id, p.name || ' (' || p.number || ')' AS label,
            p.customer_id, p.branch_id, '' AS reason, NULL::jsonb AS before,
            jsonb_build_object('name', p.name, 'phone', p.phone) AS after
        FROM demo_person p WHERE p.customer_id > %(after)s
        UNION ALL
        SELECT (l.joined + time '11:00') AT TIME ZONE 'Asia/Dhaka', 'subscription.activated',
            'subscription', l.subscription_id::text, l.connection_id, l.customer_id, p.branch_id,
            'installed and tested by the technician', '{"status": "PENDING"}'::jsonb,
            '{"status": "ACTIVE"}'::jsonb
        FROM demo_line l JOIN demo_person p USING (customer_id)
        WHERE l.joined IS NOT NULL AND l.customer_id > %(after)s
    ) e ORDER BY e.at, e.target_id
"""


@dataclass(frozen=True)
class Ids:
    """The blocks of keys and the account numbers reserved for everybody."""

    customer: int
    subscription: int
    number: int


def write(
    people: Iterable[Person],
    *,
    count: int,
    calendar: Calendar,
    market: Market,
    seller: Actor,
    say: Say,
) -> None:
    """Write `count` people with their services; their staging rows stay for the history."""
    statements.run(STAGING)
    ids, lines, done = _reserve(count, calendar), 0, 0
    stream = iter(people)
    while chunk := list(islice(stream, CHUNK)):
        after = ids.customer + done - 1
        lines += _stage(chunk, ids=ids, lines=lines, market=market)
        with transaction.atomic(), connection.cursor() as cursor:
            trail.begin(act=Act(seller, moment(calendar.today, 0)))
            values: dict[str, Any] = {
                "after": after,
                "seller": seller.pk,
                "seller_name": seller.name,
            }
            for statement in (PEOPLE, LINES, EVENTS):
                cursor.execute(statement, values)
        done += len(chunk)
        if count > CHUNK:
            say.line(f"    {done} of {count} people")
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON demo_line (customer_id)")
        cursor.execute("CREATE INDEX ON demo_line (joined)")
        cursor.execute("ANALYZE demo_person, demo_line")
        cursor.execute("ANALYZE customers_customer, customers_subscription, customers_accountstate")


def _reserve(count: int, calendar: Calendar) -> Ids:
    """Draw the keys everybody will need, in one block each: at most two services a person."""
    with transaction.atomic(), connection.cursor() as cursor:
        number = numbering.take(series="CT", year=calendar.today.year, count=count)
        first = []
        for table, most in (("customers_customer", count), ("customers_subscription", 2 * count)):
            cursor.execute(
                "SELECT min(key), max(key) FROM ("
                f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS key"
                " FROM generate_series(1, %s)) drawn",
                [most],
            )
            lowest, highest = cursor.fetchone()
            if highest - lowest + 1 != most:
                raise RuntimeError("somebody else is writing customers at the same time")
            first.append(lowest)
    return Ids(customer=first[0], subscription=first[1], number=number)


def _stage(people: Sequence[Person], *, ids: Ids, lines: int, market: Market) -> int:
    """Copy people and their services into the staging tables; return how many services."""
    with connection.cursor() as cursor:
        with cursor.copy("COPY demo_person FROM STDIN") as copy:
            for person in people:
                copy.write_row(_person_row(person, ids))
        count = 0
        with cursor.copy("COPY demo_line FROM STDIN") as copy:
            for row in _line_rows(people, ids=ids, first=lines, market=market):
                copy.write_row(row)
                count += 1
    return count


def _person_row(person: Person, ids: Ids) -> tuple[Any, ...]:
    number = numbering.written(
        series="CT", year=person.since.year, number=ids.number + person.place - 1
    )
    referrer = person.referred_by_place
    return (
        ids.customer + person.place - 1,
        number,
        person.kind,
        "PENDING" if person.is_pending else "ACTIVE",
        person.name,
        person.local_name,
        person.phone,
        person.email,
        person.address,
        person.site.area_id,
        person.site.branch_id,
        person.latitude,
        person.longitude,
        person.language,
        person.reseller_id,
        ids.customer + referrer - 1 if referrer else None,
        list(person.tags),
        person.since,
        person.created_at,
        person.billing_day,
        person.payer,
        person.quits_from,
        RISK.get(person.payer, "LOW"),
        person.is_never_suspended,
        " ".join(line.connection_id for line in person.lines),
    )


def _line_rows(
    people: Sequence[Person], *, ids: Ids, first: int, market: Market
) -> Iterator[tuple[Any, ...]]:
    place = first
    for person in people:
        for line in person.lines:
            sold = line.offered.sold
            seal_id = uuid.uuid4()
            yield (
                ids.subscription + place,
                ids.customer + person.place - 1,
                line.line_no,
                line.offered.package_id,
                "ACTIVE" if line.joined else "PENDING",
                sold.technology,
                line.cycle,
                person.billing_day,
                line.offered.prices[line.cycle],
                sold.download,
                sold.upload,
                line.connection_id,
                line.cpe_make,
                line.cpe_serial,
                line.joined,
                line.leaves_on,
                person.created_at,
                market.routers[person.site.branch_id],
                profiles.name_for(download_mbps=sold.download, upload_mbps=sold.upload),
                seal_id,
                crypto.seal(f"{line.connection_id}-pppoe", context=f"network.access:{seal_id}"),
            )
            place += 1
