"""Where money leaks, check by check: whom each one names, and why."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SETTLING = timedelta(minutes=15)  # a line that was just switched is still on its way
_MONTHS = "CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END"
_MONTHLY = f"round(s.price_amount / {_MONTHS}, 2)"
_DAILY = f"s.price_amount / ({_MONTHS} * 30.4375)"  # for what days are worth, roughly
_HELD = "coalesce(l.held_span, l.span)"


@dataclass(frozen=True)
class Check:
    """One kind of revenue leak: what it is, why it matters, what to do, and the query that finds it.

    The query returns subject (a row's id), customer id, what (words), money at stake, since.
    """

    name: str
    label: str | Promise
    why: str | Promise
    remedy: str | Promise
    query: str


CHECKS: dict[str, Check] = {
    check.name: check
    for check in (
        Check(
            "never_billed",
            _("Active, but never billed"),
            _("The service is in use and no bill was ever written for it."),
            _("Look at its billing position; the next billing run bills what is due."),
            f"""SELECT s.id, s.customer_id, s.connection_id, {_MONTHLY}, s.activated_on
                FROM customers_subscription s
                WHERE s.status = 'ACTIVE' AND s.price_amount > 0 AND s.activated_on < %(on)s
                  AND NOT EXISTS (SELECT FROM billing_invoiceline l
                                  WHERE l.subscription_id = s.id AND l.is_live AND l.span IS NOT NULL)
                  AND NOT EXISTS (SELECT FROM billing_bridgeddays b WHERE b.subscription_id = s.id)
                  AND NOT EXISTS (SELECT FROM billing_discount d
                                  WHERE d.subscription_id = s.id AND d.rate = 1
                                    AND d.span @> s.activated_on)""",
        ),
        Check(
            "days_not_billed",
            _("Days in use that were not billed"),
            _("Between two bills, or up to today, there are days of use that no bill covers."),
            _("Bill the days as an adjustment, or accept them with the reason."),
            f"""SELECT s.id, s.customer_id,
                       s.connection_id || ': ' || g.start_on || ' – ' || (g.end_on - 1),
                       round({_DAILY} * (g.end_on - g.start_on), 2), g.start_on
                FROM (
                    SELECT l.subscription_id, l.before AS start_on, lower(l.span) AS end_on
                    FROM (SELECT h.subscription_id, h.span,
                                 lag(upper(h.span)) OVER (PARTITION BY h.subscription_id
                                                          ORDER BY lower(h.span)) AS before
                          FROM (SELECT l.subscription_id, {_HELD} AS span FROM billing_invoiceline l
                                WHERE l.is_live AND l.span IS NOT NULL AND l.item = 0) h
                          WHERE NOT isempty(h.span)) l
                    WHERE l.before < lower(l.span)
                    UNION ALL
                    SELECT h.subscription_id, h.billed_until, %(on)s::date
                    FROM billing_schedule h JOIN customers_subscription a ON a.id = h.subscription_id
                    WHERE a.status = 'ACTIVE' AND a.mode = 'POSTPAID' AND h.billed_until < %(on)s
                ) g
                JOIN customers_subscription s ON s.id = g.subscription_id
                WHERE s.price_amount > 0
                  AND NOT coalesce((SELECT range_agg(o.span) FROM (
                          SELECT p.span FROM customers_suspension p
                          WHERE p.subscription_id = s.id AND NOT p.is_billed
                          UNION ALL
                          SELECT b.span FROM billing_bridgeddays b WHERE b.subscription_id = s.id
                          UNION ALL
                          SELECT d.span FROM billing_discount d
                          WHERE d.subscription_id = s.id AND d.rate = 1) o)
                      @> daterange(g.start_on, g.end_on), false)""",
        ),
        Check(
            "billed_after_cancel",
            _("Billed after it was cancelled"),
            _("A bill was written after the end of the service, for days after the end."),
            _("Void the bill, or credit the days."),
            f"""SELECT s.id, s.customer_id, s.connection_id || ': ' || string_agg(DISTINCT i.number, ', '),
                       sum(l.net_amount - coalesce(c.net, 0)), s.cancelled_on
                FROM customers_subscription s
                JOIN billing_invoiceline l ON l.subscription_id = s.id AND l.is_live
                     AND l.span IS NOT NULL AND NOT isempty({_HELD})
                JOIN billing_invoice i ON i.id = l.invoice_id AND i.status = 'OPEN'
                LEFT JOIN (SELECT line_id, sum(net_amount) AS net FROM billing_creditnoteline
                           GROUP BY line_id) c ON c.line_id = l.id
                WHERE s.status = 'CANCELLED' AND i.issued_on > s.cancelled_on
                  AND lower({_HELD}) > s.cancelled_on AND l.net_amount > coalesce(c.net, 0)
                GROUP BY s.id""",
        ),
        Check(
            "discount_expired",
            _("Discount over, but still given"),
            _("The offer has ended and the service still pays less."),
            _("End the discount of the service, or extend the offer."),
            f"""SELECT s.id, s.customer_id, s.connection_id || ': ' || d.label,
                       round(coalesce(d.amount, {_MONTHLY} * d.rate), 2), p.ends_on
                FROM billing_discount d
                JOIN billing_promotion p ON p.id = d.promotion_id
                JOIN customers_subscription s ON s.id = d.subscription_id
                WHERE s.status IN ('ACTIVE', 'SUSPENDED') AND p.ends_on <= %(on)s
                  AND d.span @> %(on)s::date
                UNION ALL
                SELECT s.id, s.customer_id, s.connection_id || ': ' || i.number,
                       sum(l.discount_amount), min(lower(l.span))
                FROM billing_invoiceline l
                JOIN billing_invoice i ON i.id = l.invoice_id
                JOIN customers_subscription s ON s.id = l.subscription_id
                WHERE l.is_live AND l.discount_amount > 0 AND l.span IS NOT NULL
                  AND i.issued_on > %(on)s::date - 62
                  AND NOT EXISTS (SELECT FROM billing_discount d
                                  WHERE d.subscription_id = s.id AND d.span @> lower(l.span))
                GROUP BY s.id, i.number""",
        ),
        Check(
            "paid_but_blocked",
            _("Paid, but still blocked"),
            _("The customer owes nothing that is due and is still cut off for not paying."),
            _("Reactivate the service."),
            f"""SELECT s.id, s.customer_id, s.connection_id, {_MONTHLY}, lower(p.span)
                FROM customers_suspension p
                JOIN customers_subscription s ON s.id = p.subscription_id AND s.status = 'SUSPENDED'
                JOIN customers_accountstate t ON t.customer_id = s.customer_id
                WHERE p.ended_at IS NULL AND p.kind = 'NON_PAYMENT'
                  AND (t.balance_amount <= 0 OR t.oldest_due_date IS NULL
                       OR t.oldest_due_date >= %(on)s)""",
        ),
        Check(
            "blocked_though_active",
            _("Blocked at the router, though active"),
            _("The customer is billed and the line does not carry traffic."),
            _("Look at the line on its router and retry the sync."),
            f"""SELECT s.id, s.customer_id, a.username || ': ' || coalesce(nullif(a.last_error, ''),
                       lower(coalesce(nullif(a.confirmed_state, ''), 'never confirmed'))),
                       {_MONTHLY}, a.desired_since::date
                FROM customers_subscription s
                JOIN network_access a ON a.subscription_id = s.id
                WHERE s.status = 'ACTIVE' AND a.confirmed_state <> 'OPEN'
                  AND (a.confirmed_state <> '' OR a.attempts > 0)
                  AND a.desired_since < %(settled)s""",
        ),
        Check(
            "online_though_off",
            _("Suspended or cancelled, but online"),
            _("The line is open on its router and nobody pays for it."),
            _("Look at the line on its router and retry the sync."),
            f"""SELECT s.id, s.customer_id, a.username || ': ' || lower(s.status), {_MONTHLY},
                       a.desired_since::date
                FROM customers_subscription s
                JOIN network_access a ON a.subscription_id = s.id
                WHERE s.status IN ('SUSPENDED', 'CANCELLED') AND a.confirmed_state = 'OPEN'
                  AND a.desired_since < %(settled)s""",
        ),
        Check(
            "no_line",
            _("Active, but on no router"),
            _("Nothing can switch this service off when it is not paid."),
            _("Give the service its line on a router."),
            f"""SELECT s.id, s.customer_id, s.connection_id, {_MONTHLY}, s.activated_on
                FROM customers_subscription s
                WHERE s.status = 'ACTIVE'
                  AND NOT EXISTS (SELECT FROM network_access a WHERE a.subscription_id = s.id)""",
        ),
        Check(
            "zero_price",
            _("Price zero"),
            _("The service is in use for nothing."),
            _("Set its price, or accept it with the reason: staff, sponsor, test line."),
            """SELECT s.id, s.customer_id, s.connection_id, 0::numeric, s.activated_on
               FROM customers_subscription s WHERE s.status = 'ACTIVE' AND s.price_amount = 0""",
        ),
        Check(
            "exempt_without_certificate",
            _("Exempt from tax without a valid certificate"),
            _("Bills carry no tax and no paper on file says why today."),
            _("Record the certificate, or let the customer pay tax."),
            f"""SELECT c.id, c.id,
                       coalesce('certificate ended ' || max(t.valid_until)::text, 'no certificate'),
                       coalesce((SELECT round(sum({_MONTHLY})
                                              * (SELECT tax_rate FROM core_company), 2)
                                 FROM customers_subscription s
                                 WHERE s.customer_id = c.id AND s.status = 'ACTIVE'), 0),
                       coalesce(max(t.valid_until) + 1, c.customer_since)
                FROM customers_customer c
                LEFT JOIN customers_taxcertificate t
                       ON t.customer_id = c.id AND t.withdrawn_at IS NULL
                WHERE c.is_tax_exempt AND c.archived_at IS NULL AND c.status <> 'CANCELLED'
                GROUP BY c.id
                HAVING NOT coalesce(bool_or(%(on)s::date BETWEEN t.valid_from AND t.valid_until),
                                    false)""",
        ),
        Check(
            "no_phone",
            _("Customer without a phone number"),
            _("Neither bills nor reminders can reach them."),
            _("Ask for the number."),
            """SELECT c.id, c.id, c.name, greatest(t.balance_amount, 0), c.customer_since
               FROM customers_customer c JOIN customers_accountstate t ON t.customer_id = c.id
               WHERE c.phone = '' AND c.archived_at IS NULL AND c.status <> 'CANCELLED'""",
        ),
        Check(
            "credit_beside_debt",
            _("Credit beside open bills"),
            _("Money was received and is not applied, while bills are open."),
            _("Run the allocation of credit; the customer may be reminded for nothing."),
            """SELECT t.customer_id, t.customer_id, i.count || ' open', i.due - greatest(t.balance_amount, 0),
                      i.oldest
               FROM (SELECT customer_id, sum(amount_due) AS due, count(*) AS count,
                            min(due_date) AS oldest
                     FROM billing_invoice WHERE status = 'OPEN' AND amount_due > 0
                     GROUP BY customer_id) i
               JOIN customers_accountstate t ON t.customer_id = i.customer_id
               WHERE i.due > greatest(t.balance_amount, 0)""",
        ),
    )
}
