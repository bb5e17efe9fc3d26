"""Proofs about money that came through gateways (see `proofs`)."""

from ispbill.core.marking import gettext_noop

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "online_money_is_what_was_confirmed": (
        gettext_noop(
            "Every settled online payment has one payment of the customer, of the amount the gateway"
            " confirmed, booked to the gateway's clearing account; every one charged back is reversed"
        ),
        """SELECT 'attempt ' || a."order" FROM payments_paymentattempt a
           JOIN payments_gatewayaccount g ON g.id = a.account_id
           LEFT JOIN billing_payment p ON p.id = a.payment_id
           WHERE a.state IN ('SETTLED', 'REVERSED')
             AND ((p.customer_id, p.amount, p.account_no) IS DISTINCT FROM
                  (a.customer_id, a.paid_amount, CASE g.provider WHEN 'SSLCOMMERZ' THEN 1030
                       WHEN 'BKASH' THEN 1031 WHEN 'NAGAD' THEN 1032 ELSE 1033 END)
                  OR (a.state = 'REVERSED' AND p.status <> 'REVERSED'))""",
    ),
    "online_references_pay_once": (
        gettext_noop("No payment of a gateway or a bank is credited twice"),
        """SELECT account_id || ' ' || reference FROM (
               SELECT account_id, gateway_reference AS reference FROM payments_paymentattempt
               UNION ALL
               SELECT account_id, 'bank ' || bank_reference FROM payments_paymentattempt
               WHERE bank_reference <> '') r
           WHERE reference <> '' GROUP BY account_id, reference HAVING count(*) > 1""",
    ),
    "gateway_refunds_add_up": (
        gettext_noop(
            "What goes back through a gateway is what its voucher says, never more than came, and back"
            " in the books when the gateway refused"
        ),
        """SELECT 'refund ' || r."order" FROM payments_gatewayrefund r
           JOIN billing_refund f ON f.id = r.refund_id
           LEFT JOIN billing_payment p ON p.id = r.returned_id
           WHERE f.amount <> r.amount OR f.customer_id <> r.customer_id
              OR (r.state = 'REFUSED' AND (p.amount, p.customer_id) IS DISTINCT FROM
                                          (r.amount, r.customer_id))
           UNION ALL
           SELECT 'attempt ' || a."order" FROM payments_paymentattempt a
           JOIN (SELECT attempt_id, sum(amount) AS amount FROM payments_gatewayrefund
                 WHERE state <> 'REFUSED' GROUP BY attempt_id) s ON s.attempt_id = a.id
           WHERE s.amount > coalesce(a.owed_amount, a.paid_amount)""",
    ),
    "gateways_gave_back_what_was_sent": (
        gettext_noop(
            "What a gateway says it gave back of a payment is what it was asked to, or somebody has"
            " looked at it"
        ),
        """SELECT 'attempt ' || a."order" FROM payments_paymentattempt a
           LEFT JOIN LATERAL (
               SELECT sum(r.amount) AS amount FROM payments_gatewayrefund r
               WHERE r.attempt_id = a.id AND r.state IN ('DONE', 'PROCESSING')) s ON true
           WHERE a.odd = 'REFUNDS' AND a.looked_at IS NULL
             AND a.told_back_amount <> coalesce(s.amount, 0)""",
    ),
    "what_was_not_accepted_is_owed_back": (
        gettext_noop(
            "Account 2340 is what was not accepted and has not gone back yet; it goes back whole"
        ),
        """SELECT 'account 2340: ' || b.amount || ' should be ' || o.amount - s.amount + t.amount FROM
           (SELECT coalesce(-sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 2340) b,
           (SELECT coalesce(sum(owed_amount), 0) AS amount FROM payments_paymentattempt
            WHERE state = 'REFUSED') o,
           (SELECT coalesce(sum(amount), 0) AS amount FROM payments_gatewayrefund
            WHERE refund_id IS NULL AND state <> 'REFUSED') s,
           (SELECT coalesce(sum(amount), 0) AS amount FROM resellers_checkoutrefund
            WHERE state <> 'DONE') t
           WHERE b.amount <> o.amount - s.amount + t.amount
           UNION ALL
           SELECT 'refund ' || r."order" FROM payments_gatewayrefund r
           JOIN payments_paymentattempt a ON a.id = r.attempt_id
           WHERE r.refund_id IS NULL AND r.state <> 'REFUSED'
             AND (a.state <> 'REFUSED' OR r.amount <> a.owed_amount)""",
    ),
}
