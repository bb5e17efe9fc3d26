"""Proofs about the states of services and of their lines (see `proofs`)."""

from ispbill.core.marking import gettext_noop
from ispbill.reports.queries import coverage

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "paid_up_is_not_cut_off": (
        gettext_noop("Nobody who owes nothing is cut off for non-payment"),
        """SELECT c.number FROM customers_suspension p
           JOIN customers_customer c ON c.id = p.customer_id
           JOIN customers_accountstate t ON t.customer_id = c.id
           WHERE p.ended_at IS NULL AND p.kind = 'NON_PAYMENT' AND t.balance_amount <= 0""",
    ),
    "suspended_has_a_span": (
        gettext_noop("A service is suspended exactly while a suspension runs"),
        """SELECT s.connection_id FROM customers_subscription s
           LEFT JOIN customers_suspension p ON p.subscription_id = s.id AND p.ended_at IS NULL
           WHERE (s.status = 'SUSPENDED') <> (p.id IS NOT NULL)""",
    ),
    "state_changes_have_reasons": (
        gettext_noop("Every change of a service's state has an audit event with a reason"),
        """SELECT 'event ' || id FROM audit_auditevent
           WHERE action IN ('subscription.activated', 'subscription.suspended',
                            'subscription.reactivated', 'subscription.cancelled')
             AND length(regexp_replace(reason, '\\s', '', 'g')) < 10""",
    ),
    "lines_wanted_as_billed": (
        gettext_noop("What we want of each line is what the state of its service says"),
        """SELECT a.username FROM network_access a
           JOIN customers_subscription s ON s.id = a.subscription_id
           WHERE (s.status = 'ACTIVE' AND a.desired_state <> 'OPEN')
              OR (s.status = 'SUSPENDED' AND a.desired_state = 'OPEN')
              OR (s.status = 'CANCELLED' AND a.desired_state = 'OPEN')""",
    ),
}

CHECKS |= {
    name: (holds, coverage.labels(name))
    for name, (holds, _wrong, _query) in coverage.QUESTIONS.items()
}

# Of a business date: what should have been billed by now.
DATED_CHECKS: dict[str, tuple[str, str]] = {
    "active_days_are_billed": (
        gettext_noop("Every active service is billed up to this day"),
        """SELECT s.connection_id || ': billed until ' || coalesce(h.billed_until::text, 'never')
           FROM customers_subscription s
           LEFT JOIN billing_schedule h ON h.subscription_id = s.id
           WHERE s.status = 'ACTIVE' AND s.mode = 'POSTPAID' AND s.activated_on < %(on)s
             AND (h.billed_until IS NULL OR h.billed_until < %(on)s)""",
    )
}
