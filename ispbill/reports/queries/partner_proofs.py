"""What can be proved about commissions, payouts and referral rewards; part of `check_ledger`."""

from ispbill.core.marking import gettext_noop
from ispbill.reports.queries.number_gaps import left_out

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "commissions_are_owed": (
        gettext_noop(
            "What the books owe resellers is what they have earned and kept, less what was paid out"
        ),
        """SELECT 'account 2350: ' || b.amount || ' should be ' || e.amount - p.amount FROM
           (SELECT coalesce(-sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 2350) b,
           (SELECT coalesce(sum(amount - clawed_back_amount), 0) AS amount
            FROM resellers_commission k WHERE NOT EXISTS (
                SELECT FROM resellers_walletmove m WHERE m.commission_id = k.id)) e,
           (SELECT coalesce(sum(amount), 0) AS amount FROM resellers_payout
            WHERE status = 'PAID') p
           WHERE b.amount <> e.amount - p.amount""",
    ),
    "commissions_follow_payments": (
        gettext_noop(
            "Every commission is the agreed share of what is left of its payment, and is in the books"
        ),
        """SELECT 'commission ' || k.id FROM resellers_commission k
           JOIN billing_payment p ON p.id = k.payment_id
           LEFT JOIN (SELECT commission_id, sum(amount) AS amount FROM resellers_commissionback
                      GROUP BY commission_id) t ON t.commission_id = k.id
           LEFT JOIN billing_journalentry e ON e.source_type = 'commission' AND e.source_id = k.id
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id IN (2350, 2360)
           WHERE k.clawed_back_amount <> coalesce(t.amount, 0) OR x.amount IS DISTINCT FROM -k.amount
              OR k.amount - k.clawed_back_amount <> round(k.amount *
                  CASE p.status WHEN 'COMPLETED' THEN p.amount - p.refunded_amount ELSE 0 END
                  / p.amount, 2)""",
    ),
    "starts_are_borne": (
        gettext_noop(
            "What a new service brought is in the books, stands once, and is taken back whole or not"
        ),
        """SELECT 'commission ' || k.id FROM resellers_commission k
           LEFT JOIN billing_journalentry e ON e.source_type = 'commission' AND e.source_id = k.id
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id IN (2350, 2360)
           WHERE k.kind = 'START' AND (x.amount IS DISTINCT FROM -k.amount
                OR k.clawed_back_amount NOT IN (0, k.amount))""",
    ),
    "payouts_are_earned": (
        gettext_noop(
            "Every payout is the sum of its commissions less its claims, and no reseller was paid more"
            " than was earned at all"
        ),
        """SELECT o.number FROM resellers_payout o
           LEFT JOIN (SELECT payout_id, sum(paid_amount) AS amount FROM resellers_commission
                      GROUP BY payout_id) k ON k.payout_id = o.id
           LEFT JOIN (SELECT payout_id, sum(amount) AS amount FROM resellers_commissionback
                      GROUP BY payout_id) c ON c.payout_id = o.id
           LEFT JOIN billing_journalentry e ON e.source_type = 'partner_payout'
                AND e.source_id = o.id
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id = 2350
           WHERE o.status = 'PAID' AND (k.amount - coalesce(c.amount, 0) IS DISTINCT FROM o.amount
                                        OR x.amount IS DISTINCT FROM o.amount)
           UNION ALL
           SELECT r.name FROM resellers_reseller r
           JOIN (SELECT reseller_id, sum(amount) AS amount FROM resellers_payout
                 WHERE status = 'PAID' GROUP BY reseller_id) o ON o.reseller_id = r.id
           LEFT JOIN (SELECT reseller_id, sum(amount) AS amount FROM resellers_commission
                      GROUP BY reseller_id) k ON k.reseller_id = r.id
           WHERE o.amount > coalesce(k.amount, 0)""",
    ),
    "payouts_without_gaps": (
        gettext_noop("Payout numbers of a year run from 1 without a gap"),
        """SELECT 'PO-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 2) AS year, count(*) AS count,
                      max(split_part(number, '-', 3)::bigint) AS highest
               FROM resellers_payout GROUP BY 1) n
           WHERE count + """
        + left_out(series="'PO'")
        + " <> highest",
    ),
    "wallets_are_owed": (
        gettext_noop(
            "What the books owe in wallets of resellers is what is in them, each the sum of its moves"
        ),
        """SELECT 'account 2360: ' || b.amount || ' should be ' || w.amount FROM
           (SELECT coalesce(-sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 2360) b,
           (SELECT coalesce(sum(balance_amount), 0) AS amount FROM resellers_wallet) w
           WHERE b.amount <> w.amount
           UNION ALL
           SELECT 'wallet of ' || r.name FROM resellers_wallet w
           JOIN resellers_reseller r ON r.id = w.reseller_id
           LEFT JOIN (SELECT reseller_id, sum(amount) AS amount FROM resellers_walletmove
                      WHERE pocket = 'WALLET' GROUP BY 1) m ON m.reseller_id = w.reseller_id
           WHERE w.balance_amount <> coalesce(m.amount, 0)""",
    ),
    "held_money_is_accounted_for": (
        gettext_noop(
            "Cash held by resellers in the books is what each of them has collected and not remitted"
        ),
        """SELECT 'account 1160: ' || b.amount || ' should be ' || w.amount FROM
           (SELECT coalesce(sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 1160) b,
           (SELECT coalesce(sum(held_amount), 0) AS amount FROM resellers_wallet) w
           WHERE b.amount <> w.amount
           UNION ALL
           SELECT 'money held by ' || r.name FROM resellers_wallet w
           JOIN resellers_reseller r ON r.id = w.reseller_id
           LEFT JOIN (SELECT reseller_id, sum(amount) AS amount FROM resellers_walletmove
                      WHERE pocket = 'HELD' GROUP BY 1) m ON m.reseller_id = w.reseller_id
           WHERE w.held_amount <> coalesce(m.amount, 0)""",
    ),
    "referral_rewards_are_booked": (
        gettext_noop(
            "What referrals have cost in the books is what their standing rewards are worth"
        ),
        """SELECT 'account 5400: ' || b.amount || ' should be ' || w.amount FROM
           (SELECT coalesce(sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 5400) b,
           (SELECT coalesce(sum(p.amount), 0) AS amount FROM payments_referralreward w
            JOIN billing_payment p ON p.id = w.payment_id WHERE w.undone_at IS NULL) w
           WHERE b.amount <> w.amount""",
    ),
    "referrals_are_rewarded_once": (
        gettext_noop(
            "Every reward stands with its payment and belongs to a credited referral, and every"
            " referral payment is a reward"
        ),
        """SELECT 'referral ' || w.referral_id FROM payments_referralreward w
           JOIN billing_payment p ON p.id = w.payment_id
           JOIN customers_referral r ON r.id = w.referral_id
           WHERE (w.undone_at IS NULL) <> (p.status = 'COMPLETED')
              OR (w.undone_at IS NULL AND r.status <> 'CREDITED')
           UNION ALL
           SELECT 'payment ' || p.receipt_number FROM billing_payment p
           WHERE p.method = 'REFERRAL' AND p.status = 'COMPLETED'
             AND NOT EXISTS (SELECT FROM payments_referralreward w WHERE w.payment_id = p.id)
           UNION ALL
           SELECT 'referral ' || r.id FROM customers_referral r
           WHERE r.status = 'CREDITED' AND NOT EXISTS (
               SELECT FROM payments_referralreward w
               WHERE w.referral_id = r.id AND w.undone_at IS NULL)""",
    ),
}
