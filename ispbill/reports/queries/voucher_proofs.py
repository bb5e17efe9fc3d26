"""What can be proved about recharge cards and prepaid time; part of `check_ledger`."""

from ispbill.core.marking import gettext_noop

CHECKS: dict[str, tuple[str, str]] = {
    "vouchers_are_owed": (
        gettext_noop(
            "What the books owe to holders of vouchers is what sold, unredeemed cards are worth"
        ),
        """SELECT 'account 2320: ' || b.amount || ' should be ' || v.amount FROM
           (SELECT coalesce(-sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 2320) b,
           (SELECT coalesce(sum(k.value_amount), 0) AS amount FROM payments_voucher v
            JOIN payments_voucherbatch k ON k.id = v.batch_id
            WHERE k.sold_at IS NOT NULL AND v.status IN ('NEW', 'BLOCKED')) v
           WHERE b.amount <> v.amount""",
    ),
    "vouchers_are_redeemed_once": (
        gettext_noop(
            "Every redeemed voucher is one standing payment of its value, and the other way round"
        ),
        """SELECT 'voucher ' || v.serial FROM payments_voucher v
           JOIN payments_voucherbatch k ON k.id = v.batch_id
           LEFT JOIN billing_payment p ON p.id = v.payment_id
           WHERE v.status = 'REDEEMED'
             AND (p.status, p.method, p.amount, p.customer_id)
                 IS DISTINCT FROM ('COMPLETED', 'VOUCHER', k.value_amount, v.customer_id)
           UNION ALL
           SELECT 'payment ' || p.receipt_number FROM billing_payment p
           WHERE p.method = 'VOUCHER' AND p.status = 'COMPLETED'
             AND NOT EXISTS (SELECT FROM payments_voucher v WHERE v.payment_id = p.id)""",
    ),
    "voucher_batches_are_whole": (
        gettext_noop("Every batch has the cards it was made with"),
        """SELECT k.number FROM payments_voucherbatch k
           LEFT JOIN payments_voucher v ON v.batch_id = k.id
           GROUP BY k.id HAVING count(v.id) <> k.count""",
    ),
    "voucher_buyers_owe": (
        gettext_noop(
            "What buyers of vouchers owe is what they have not paid for batches on account"
        ),
        """SELECT 'account 1150: ' || b.amount || ' should be ' || k.amount FROM
           (SELECT coalesce(sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 1150) b,
           (SELECT coalesce(sum(k.price_amount * k.count - k.collected_amount), 0) AS amount
            FROM payments_voucherbatch k WHERE k.paid_into = 'ON_ACCOUNT') k
           WHERE b.amount <> k.amount
           UNION ALL
           SELECT k.number FROM payments_voucherbatch k
           LEFT JOIN payments_vouchermoney m ON m.batch_id = k.id
           GROUP BY k.id HAVING coalesce(sum(m.amount), 0) <> k.collected_amount""",
    ),
    "bridged_days_are_not_billed": (
        gettext_noop("Days of a prepaid service that were lent or given stand on no bill"),
        """SELECT 'service ' || b.subscription_id || ': ' || lower(b.span)
           FROM billing_bridgeddays b
           JOIN billing_invoiceline l ON l.subscription_id = b.subscription_id AND l.item = 0
           WHERE l.is_live AND coalesce(l.held_span, l.span) && b.span""",
    ),
}
