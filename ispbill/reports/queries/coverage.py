"""What every day of a service came to: billed, skipped, free, or not yet due; exactly one of them.

Five questions, each a statement that returns the days that contradict it, with the service and the
line concerned. They ask the bills as they stand, not how they came to be: a run beside a change, a
voided bill or a repair by hand all show alike. `check_ledger` counts them, the page of uncovered
days lets somebody bill or credit them (`billing.changes.services.coverage`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from ispbill.core import statements

# Days a service is to account for: from its activation to where it is billed, or to its end.
# A prepaid one has no days after the time it has paid for.
_OWN = """
    own AS (
        SELECT s.id AS subscription_id, s.activated_on,
               daterange(s.activated_on,
                   greatest(s.activated_on,
                       CASE WHEN s.status <> 'CANCELLED' THEN h.billed_until
                            WHEN s.mode = 'PREPAID' THEN least(h.billed_until, s.cancelled_on)
                            ELSE s.cancelled_on END)) AS days
        FROM customers_subscription s
        JOIN billing_schedule h ON h.subscription_id = s.id
        WHERE s.activated_on IS NOT NULL AND h.billed_until IS NOT NULL
    ),
    held AS (
        SELECT l.subscription_id, l.item, range_agg(coalesce(l.held_span, l.span)) AS days
        FROM billing_invoiceline l
        WHERE l.is_live AND l.span IS NOT NULL AND l.subscription_id IS NOT NULL
        GROUP BY l.subscription_id, l.item
    ),
    off AS (
        SELECT subscription_id, range_agg(span) AS days FROM (
            SELECT subscription_id, span FROM customers_suspension
            WHERE NOT is_billed AND NOT isempty(span)
            UNION ALL SELECT subscription_id, span FROM billing_bridgeddays
            UNION ALL SELECT subscription_id, span FROM billing_dayexception WHERE kind <> 'KEPT'
        ) o GROUP BY subscription_id
    )
"""

_UNBILLED = f"""
    WITH {_OWN}
    SELECT o.subscription_id, 0::bigint AS item, NULL::bigint AS line_id, lower(d.days) AS start_on,
           upper(d.days) AS end_on, '' AS found, '' AS wanted
    FROM own o
    LEFT JOIN held h ON h.subscription_id = o.subscription_id AND h.item = 0
    LEFT JOIN off f ON f.subscription_id = o.subscription_id
    CROSS JOIN LATERAL unnest(
        datemultirange(o.days) - coalesce(h.days, '{{}}') - coalesce(f.days, '{{}}')) AS d (days)
"""

_ADDON_UNBILLED = f"""
    WITH {_OWN}
    SELECT o.subscription_id, x.id AS item, NULL::bigint AS line_id, lower(d.days) AS start_on,
           upper(d.days) AS end_on, '' AS found, k.name::text AS wanted
    FROM own o
    JOIN customers_subscriptionaddon x ON x.subscription_id = o.subscription_id
         AND x.price_amount > 0 AND (x.ends_on IS NULL OR x.ends_on > x.starts_on)
    JOIN customers_addon k ON k.id = x.addon_id
    LEFT JOIN held h ON h.subscription_id = o.subscription_id AND h.item = x.id
    LEFT JOIN off f ON f.subscription_id = o.subscription_id
    CROSS JOIN LATERAL unnest(
        datemultirange(o.days * daterange(x.starts_on, x.ends_on))
            - coalesce(h.days, '{{}}') - coalesce(f.days, '{{}}')) AS d (days)
"""

_AFTER_THE_END = """
    SELECT l.subscription_id, l.item, l.id AS line_id, lower(d.days) AS start_on,
           upper(d.days) AS end_on, '' AS found, '' AS wanted
    FROM billing_invoiceline l
    JOIN customers_subscription s ON s.id = l.subscription_id AND s.status = 'CANCELLED'
    LEFT JOIN LATERAL (
        SELECT range_agg(span) AS days FROM billing_dayexception k
        WHERE k.subscription_id = s.id AND k.kind = 'KEPT') k ON true
    LEFT JOIN LATERAL (
        SELECT range_agg(c.days) AS days FROM billing_creditnoteline c
        WHERE c.line_id = l.id AND c.days IS NOT NULL) g ON true
    CROSS JOIN LATERAL unnest(
        datemultirange(coalesce(l.held_span, l.span) * daterange(s.cancelled_on, NULL))
            - coalesce(k.days, '{}') - coalesce(g.days, '{}')) AS d (days)
    WHERE l.is_live AND l.span IS NOT NULL AND l.net_amount > 0
"""

# The price in force since it last changed is the service's own (or that of an approved change, or
# of a step, whose days are billed ahead); what was billed before was proved while it was in force. A
# step changes nothing of what was billed when it was planned. A line says in its explanation by what
# price it was reckoned; lines of another cycle are of other terms.
_PRICE = """
    SELECT l.subscription_id, l.item, l.id AS line_id,
           greatest(lower(coalesce(l.held_span, l.span)), p.from_on) AS start_on,
           upper(coalesce(l.held_span, l.span)) AS end_on,
           (l.explanation ->> 'price') AS found, p.amount::text AS wanted
    FROM billing_invoiceline l
    JOIN customers_subscription s ON s.id = l.subscription_id
    LEFT JOIN LATERAL (
        SELECT max(from_on) AS from_on FROM (
            SELECT c.effective_on AS from_on FROM billing_packagechange c
            WHERE c.subscription_id = s.id AND c.status = 'APPLIED'
            UNION ALL
            SELECT greatest(t.from_on, t.billed_until) FROM billing_pricestep t
            WHERE t.subscription_id = s.id AND t.applied_on IS NOT NULL) f) f ON true
    LEFT JOIN LATERAL (
        SELECT g.effective_on, coalesce(g.gross_amount, g.price_amount) AS amount
        FROM billing_packagechange g
        WHERE g.subscription_id = s.id AND g.status = 'APPROVED') g
        ON g.effective_on <= lower(l.span)
    LEFT JOIN LATERAL (
        SELECT greatest(t.from_on, t.billed_until) AS from_on,
               coalesce(t.gross_amount, t.price_amount) AS amount
        FROM billing_pricestep t
        WHERE t.subscription_id = s.id
          AND greatest(t.from_on, t.billed_until)
              <= coalesce((l.explanation ->> 'discounts_of')::date, lower(l.span))
        ORDER BY t.from_on DESC LIMIT 1) t ON t.from_on >= coalesce(f.from_on, t.from_on)
    CROSS JOIN LATERAL (
        SELECT coalesce(g.effective_on, f.from_on, s.activated_on) AS from_on,
               coalesce(g.amount, t.amount, s.gross_amount, s.price_amount) AS amount) p
    WHERE l.is_live AND l.span IS NOT NULL AND l.item = 0
      AND NOT isempty(coalesce(l.held_span, l.span))
      AND l.explanation ? 'price' AND l.explanation ? 'period'
      AND lower(l.span) >= p.from_on
      AND CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END
          = round((l.explanation #>> '{period,days}')::numeric / 30.5)
      AND (l.explanation ->> 'price')::numeric <> p.amount
      AND NOT EXISTS (  -- of the terms before the last change of the cycle
          SELECT FROM billing_invoiceline o
          WHERE o.subscription_id = s.id AND o.is_live AND o.item = 0 AND o.span >> l.span
            AND o.explanation ? 'period'
            AND CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END
                <> round((o.explanation #>> '{period,days}')::numeric / 30.5))
"""

# A discount is in force for the periods that start in its days; part of a period, or what another
# package costs instead, has those of the period it is part of (`discounts_of`).
_DISCOUNT = """
    SELECT l.subscription_id, l.item, l.id AS line_id,
           lower(coalesce(l.held_span, l.span)) AS start_on,
           upper(coalesce(l.held_span, l.span)) AS end_on,
           coalesce(g.labels, '') AS found, coalesce(w.labels, '') AS wanted
    FROM billing_invoiceline l
    LEFT JOIN LATERAL (
        SELECT string_agg(d.label, ', ' ORDER BY d.label) AS labels FROM billing_discount d
        WHERE d.subscription_id = l.subscription_id
          AND d.span @> coalesce((l.explanation ->> 'discounts_of')::date,
                                 (l.explanation ->> 'start')::date, lower(l.span))) w ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(part ->> 'label', ', ' ORDER BY part ->> 'label') AS labels
        FROM jsonb_array_elements(l.explanation #> '{discount,parts}') AS part) g ON true
    WHERE l.is_live AND l.span IS NOT NULL AND l.item = 0 AND l.explanation ? 'period'
      AND NOT isempty(coalesce(l.held_span, l.span))
      AND (EXISTS (SELECT FROM billing_discount x WHERE x.subscription_id = l.subscription_id)
           OR l.explanation ? 'discount')
      AND coalesce(g.labels, '') <> coalesce(w.labels, '')
"""

# name → (what holds, what is wrong with the days found, the statement that finds them)
QUESTIONS = {
    "every_day_is_billed_or_has_a_reason": (
        "Every day of a service is billed, switched off unbilled, left out or free",
        _("never billed"),
        _UNBILLED,
    ),
    "addons_are_billed_with_their_service": (
        "Every day of an add-on is billed where its service's is",
        _("add-on never billed: %(wanted)s"),
        _ADDON_UNBILLED,
    ),
    "no_day_is_billed_after_the_end": (
        "No day after a service's end stays billed that the company does not keep",
        _("billed after the service's end"),
        _AFTER_THE_END,
    ),
    "days_are_billed_at_the_price_in_force": (
        "Days are billed at the price in force on them",
        _("billed at %(found)s instead of %(wanted)s"),
        _PRICE,
    ),
    "discounts_are_given_as_granted": (
        "Every period has the discounts that are in force when it starts, and no others",
        _("discount given: %(found)s; in force: %(wanted)s"),
        _DISCOUNT,
    ),
}

UNBILLED = ("every_day_is_billed_or_has_a_reason", "addons_are_billed_with_their_service")
"""Findings that are mended by billing days; the others by crediting them first."""


@dataclass(frozen=True)
class Uncovered:
    """Days `[start, end)` of a service that are not accounted for, and what is wrong with them."""

    question: str
    subscription_id: int
    item: int
    line_id: int | None
    start: date
    end: date
    found: str
    wanted: str

    @property
    def is_unbilled(self) -> bool:
        return self.question in UNBILLED

    @property
    def says(self) -> str:
        """What is wrong, in words."""
        sentence = str(QUESTIONS[self.question][1])
        return sentence % {"found": self.found or "–", "wanted": self.wanted or "–"}


def labels(question: str) -> str:
    """Return the statement of a question as one that returns labels, for the list of proofs."""
    return (
        "SELECT s.connection_id || ': ' || q.start_on || ' to ' || q.end_on"
        " || CASE WHEN q.found || q.wanted = '' THEN ''"
        "    ELSE ' (' || q.found || ' / ' || q.wanted || ')' END"
        f" FROM ({QUESTIONS[question][2]}) q"
        " JOIN customers_subscription s ON s.id = q.subscription_id"
    )


def uncovered(
    *, limit: int, subscription_ids: Collection[int] | None = None, question: str = ""
) -> Iterator[Uncovered]:
    """Yield days that are not accounted for, of all services or of these, at most `limit` a kind.

    `question` asks that one alone.
    """
    for name, (_holds, _wrong, query) in QUESTIONS.items():
        if question and name != question:
            continue
        for row in statements.read(
            f"SELECT * FROM ({query}) q"
            " WHERE %(ids)s::bigint[] IS NULL OR subscription_id = ANY(%(ids)s::bigint[])"
            " ORDER BY subscription_id, start_on LIMIT %(limit)s",
            {"ids": None if subscription_ids is None else list(subscription_ids), "limit": limit},
        ):
            yield Uncovered(name, *row)
