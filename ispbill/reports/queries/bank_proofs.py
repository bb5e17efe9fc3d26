"""Prove bank statements and payouts: no money twice, none lost, providers' accounts come to zero."""

from ispbill.core.marking import gettext_noop

# name → (what it means, SQL that returns the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "statement_lines_are_their_parts": (
        gettext_noop("What is open of a line is what its parts leave, and its state says so"),
        """SELECT 'line ' || l.id || ': ' || l.open_amount || ' open, ' || l.state
           FROM payments_statementline l
           LEFT JOIN (SELECT line_id, sum(amount) AS amount FROM payments_statementpart
                      WHERE undone_at IS NULL GROUP BY line_id) p ON p.line_id = l.id
           WHERE l.open_amount <> l.amount - coalesce(p.amount, 0)
              OR (l.state IN ('NEW', 'HELD')) <> (l.open_amount <> 0)
              OR (l.state = 'HELD' AND NOT l.is_held_unmatched)
              OR (l.state = 'NEW' AND l.is_held_unmatched)""",
    ),
    "unmatched_money_is_owed": (
        gettext_noop(
            "Account 2330 is what is open of lines held unmatched, and of payouts what nobody knows or was charged"
            " back and is not decided"
        ),
        """SELECT 'account 2330: ' || b.amount || ' should be ' || l.amount + g.amount FROM
           (SELECT coalesce(-sum(amount), 0) AS amount FROM billing_posting
            WHERE account_id = 2330) b,
           (SELECT coalesce(sum(open_amount), 0) AS amount FROM payments_statementline
            WHERE is_held_unmatched) l,
           (SELECT coalesce(sum(gross_amount), 0) AS amount FROM payments_settlementline
            WHERE is_held_unmatched AND CASE WHEN is_chargeback THEN became = 'OPEN'
                                ELSE state = 'UNKNOWN' END) g
           WHERE b.amount <> l.amount + g.amount""",
    ),
    "matched_lines_are_payments": (
        gettext_noop(
            "Every line matched to a payment is that payment's money, account state, claimed by it alone"
        ),
        """SELECT 'line ' || t.line_id || ': ' || coalesce(p.receipt_number, 'payment ' || p.id)
           FROM payments_statementpart t JOIN billing_payment p ON p.id = t.payment_id
           WHERE t.undone_at IS NULL
             AND (p.status NOT IN ('COMPLETED', 'REFUNDED') OR p.amount <> t.amount
                  OR p.customer_id <> t.customer_id)
           UNION ALL
           SELECT 'payment ' || payment_id FROM payments_statementpart
           WHERE undone_at IS NULL AND payment_id IS NOT NULL
           GROUP BY payment_id HAVING count(*) > 1""",
    ),
    "accepted_statements_are_booked": (
        gettext_noop(
            "Of an accepted statement every line of money in is explained or booked as unmatched"
        ),
        """SELECT 'line ' || l.id FROM payments_statementline l
           JOIN payments_statementimport s ON s.id = l.statement_id
           WHERE s.state = 'ACCEPTED' AND l.amount > 0 AND l.state = 'NEW'""",
    ),
    "payouts_are_booked": (
        gettext_noop(
            "Every booked payout is in the books: what came to the bank, and what it cost"
        ),
        """SELECT s.provider || ' ' || s.reference FROM payments_settlementimport s
           JOIN payments_bankaccount a ON a.id = s.bank_account_id
           LEFT JOIN billing_journalentry e ON e.source_type = 'payout' AND e.source_id = s.id
                AND e.kind = 'PAYOUT'
           LEFT JOIN billing_posting b ON b.entry_id = e.id AND b.account_id = a.account_id
           LEFT JOIN billing_posting f ON f.entry_id = e.id AND f.account_id = 5300
           LEFT JOIN (SELECT settlement_id, sum(gross_amount) AS gross, sum(fee_amount) AS fee
                      FROM payments_settlementline GROUP BY settlement_id) l
                ON l.settlement_id = s.id
           WHERE s.state = 'BOOKED'
             AND (b.amount IS DISTINCT FROM s.net_amount OR coalesce(f.amount, 0) <> s.fee_amount
                  OR l.gross IS DISTINCT FROM s.gross_amount OR l.fee IS DISTINCT FROM s.fee_amount)""",
    ),
    "providers_hold_what_they_owe": (
        gettext_noop(
            "What a provider holds is what customers paid through it less what it paid out and back"
        ),
        """SELECT 'account ' || c.code || ': ' || held.amount || ' should be '
                  || paid.amount + other.amount - moved.amount - out.amount
           FROM (VALUES (1030, 'SSLCOMMERZ'), (1031, 'BKASH'), (1032, 'NAGAD'),
                       (1033, 'NETCASH')) c (code, provider),
           LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM billing_posting
                    WHERE account_id = c.code) held,
           LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM billing_payment
                    WHERE account_no = c.code AND status IN ('COMPLETED', 'REFUNDED')) paid,
           LATERAL (SELECT coalesce(sum(p.amount), 0) AS amount FROM billing_posting p
                    JOIN billing_journalentry e ON e.id = p.entry_id
                    WHERE p.account_id = c.code AND e.source_type NOT IN
                          ('payment', 'payout', 'payout_line', 'statement_part')) other,
           LATERAL (SELECT coalesce(sum(t.amount), 0) AS amount FROM payments_statementpart t
                    LEFT JOIN billing_payment p ON p.id = t.payment_id AND NOT t.is_made
                    WHERE t.undone_at IS NULL
                      AND ((t.kind = 'TRANSFER' AND t.account_id = c.code)
                           OR p.account_no = c.code)) moved,
           LATERAL (SELECT coalesce(sum(l.gross_amount), 0) AS amount
                    FROM payments_settlementline l
                    JOIN payments_settlementimport s ON s.id = l.settlement_id
                    WHERE s.provider = c.provider AND s.state = 'BOOKED'
                      AND NOT CASE WHEN l.is_chargeback
                              THEN l.became = 'BORNE' OR (l.is_held_unmatched AND l.became = 'OPEN')
                              ELSE l.is_held_unmatched AND l.state = 'UNKNOWN' END) out
           WHERE held.amount <> paid.amount + other.amount - moved.amount - out.amount""",
    ),
    "chargeback_is_decided_rightly": (
        gettext_noop(
            "Money a provider took back is a payment reversed, one sent back by us, or waits or is borne"
        ),
        """SELECT l.provider || ' ' || l.transaction_id || ': ' || l.became
           FROM payments_settlementline l
           JOIN payments_settlementimport s ON s.id = l.settlement_id
           LEFT JOIN billing_payment p ON p.id = l.payment_id
           LEFT JOIN billing_payment r ON r.id = l.rest_payment_id
           WHERE (s.state = 'BOOKED') <> (l.became <> '') AND l.is_chargeback
                 AND l.provider <> 'NETCASH'
              OR l.became = 'REVERSED'
                 AND (p.status, p.amount) IS DISTINCT FROM ('REVERSED', -l.gross_amount)
              OR l.became = 'SHORTENED'
                 AND (p.status <> 'REVERSED' OR (r.customer_id, r.amount) IS DISTINCT FROM
                                                (p.customer_id, p.amount + l.gross_amount))""",
    ),
    "paid_out_once": (
        gettext_noop("No payment is paid out by its provider twice"),
        """SELECT 'payment ' || payment_id FROM payments_settlementline
           WHERE payment_id IS NOT NULL AND NOT is_chargeback
           GROUP BY payment_id HAVING count(*) > 1""",
    ),
}
