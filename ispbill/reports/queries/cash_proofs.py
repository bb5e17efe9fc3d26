"""Prove the cash: where it lies is what the books say, and a closed day stays as it was."""

from ispbill.core.marking import gettext_noop

# name → (what it means, SQL that returns the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "cash_has_a_place": (
        gettext_noop(
            "Every posting to the cash account lies in one shift or safe, with its amount, and no other"
        ),
        """SELECT 'posting ' || coalesce(p.entry_id, m.entry_id) || '/'
                  || coalesce(p.line_no, m.line_no)
           FROM (SELECT * FROM billing_posting WHERE account_id = 1000) p
           FULL JOIN (SELECT * FROM billing_cashmove WHERE entry_id IS NOT NULL) m
                ON (m.entry_id, m.line_no) = (p.entry_id, p.line_no)
           WHERE p.amount IS DISTINCT FROM m.amount""",
    ),
    "cash_is_shifts_and_safes": (
        gettext_noop(
            "The cash account is what lies in shifts that are not closed and in the safes, together"
        ),
        """SELECT 'books ' || b.amount || ', shifts ' || s.amount || ', safes ' || f.amount
           FROM (SELECT coalesce(sum(amount), 0) AS amount FROM billing_posting
                 WHERE account_id = 1000) b,
                (SELECT coalesce(sum(held_amount), 0) AS amount FROM billing_shift
                 WHERE state <> 'CLOSED') s,
                (SELECT coalesce(sum(amount), 0) AS amount FROM billing_cashmove
                 WHERE shift_id IS NULL) f
           WHERE b.amount <> s.amount + f.amount""",
    ),
    "shifts_are_their_moves": (
        gettext_noop(
            "Every figure of a shift is the sum of its movements of cash, and a closed one is empty"
        ),
        """SELECT s.number FROM billing_shift s
           LEFT JOIN (SELECT shift_id, sum(amount) AS held,
                   sum(amount) FILTER (WHERE kind = 'FLOAT') AS float,
                   sum(amount) FILTER (WHERE kind = 'TAKEN') AS taken,
                   -sum(amount) FILTER (WHERE kind = 'PAID_OUT') AS paid_out,
                   sum(amount) FILTER (WHERE kind = 'HANDOVER' AND amount > 0) AS received,
                   -sum(amount) FILTER (WHERE kind = 'HANDOVER' AND amount < 0) AS handed,
                   sum(amount) FILTER (WHERE kind = 'DIFFERENCE') AS difference,
                   -sum(amount) FILTER (WHERE kind = 'RETURNED') AS returned
               FROM billing_cashmove GROUP BY shift_id) m ON m.shift_id = s.id
           WHERE (s.held_amount, s.float_amount, s.taken_amount, s.paid_out_amount,
                  s.received_amount, s.handed_amount, s.difference_amount, s.returned_amount)
                 IS DISTINCT FROM
                 (coalesce(m.held, 0), coalesce(m.float, 0), coalesce(m.taken, 0),
                  coalesce(m.paid_out, 0), coalesce(m.received, 0), coalesce(m.handed, 0),
                  coalesce(m.difference, 0), coalesce(m.returned, 0))
              OR (s.state = 'CLOSED' AND s.held_amount <> 0)""",
    ),
    "counts_are_signed_and_booked": (
        gettext_noop(
            "A closed shift's count is what was expected and the difference, booked on 5310, and signed"
            " by somebody else"
        ),
        """SELECT s.number FROM billing_shift s
           LEFT JOIN LATERAL (SELECT id, counted_amount FROM billing_cashcount
                              WHERE shift_id = s.id ORDER BY id DESC LIMIT 1) c ON true
           LEFT JOIN billing_journalentry e
                ON e.source_type = 'cash_count' AND e.source_id = c.id
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 5310
           WHERE s.state = 'CLOSED'
             AND (s.counted_amount IS DISTINCT FROM c.counted_amount
                  OR s.counted_amount IS DISTINCT FROM s.float_amount + s.taken_amount
                     - s.paid_out_amount + s.received_amount - s.handed_amount
                     + s.difference_amount
                  OR coalesce(-p.amount, 0) <> s.difference_amount
                  OR s.signed_by_id IN (s.person_id, s.counted_by_id))""",
    ),
    "handovers_moved_once": (
        gettext_noop(
            "Every accepted hand-over moved its amount from one shift to the other, and no other moved"
        ),
        """SELECT 'hand-over ' || h.id FROM billing_handover h
           LEFT JOIN (SELECT handover_id, count(*) AS count,
                             min(shift_id) FILTER (WHERE amount < 0) AS giver,
                             min(shift_id) FILTER (WHERE amount > 0) AS receiver,
                             max(amount) AS amount
                      FROM billing_cashmove WHERE handover_id IS NOT NULL GROUP BY 1) m
                ON m.handover_id = h.id
           WHERE (coalesce(m.count, 0), m.giver, m.receiver, m.amount)
                 IS DISTINCT FROM CASE WHEN h.state = 'ACCEPTED'
                     THEN ROW(2::bigint, h.from_shift_id, h.to_shift_id, h.amount)
                     ELSE ROW(0::bigint, NULL::bigint, NULL::bigint, NULL::numeric) END""",
    ),
    "closed_cash_days_are_unchanged": (
        gettext_noop(
            "Every closed cash day holds the movements it was closed with, and no later ones"
        ),
        """SELECT b.code || ' ' || d.day || ': ' || m.count || ' movements of ' || m.amount
                  || ' instead of ' || d.move_count || ' of ' || d.moved_amount
           FROM billing_dayclose d JOIN accounts_branch b ON b.id = d.branch_id
           CROSS JOIN LATERAL (
               SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount
               FROM billing_cashmove WHERE branch_id = d.branch_id AND moved_on <= d.day
                AND (d.after_day IS NULL OR moved_on > d.after_day)) m
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(amount), 0) AS amount FROM billing_cashmove
               WHERE branch_id = d.branch_id AND shift_id IS NULL AND moved_on <= d.day) f
           WHERE (m.count, m.amount, f.amount)
                 IS DISTINCT FROM (d.move_count::bigint, d.moved_amount, d.safe_amount)""",
    ),
    "bankings_are_booked": (
        gettext_noop("Every slip of the bank is in the books with its amount"),
        """SELECT 'slip ' || k.slip_number FROM billing_cashbanking k
           LEFT JOIN billing_journalentry e
                ON e.source_type = 'cash_banking' AND e.source_id = k.id
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1010
           WHERE p.amount IS DISTINCT FROM
                 CASE k.way WHEN 'TO_BANK' THEN k.amount ELSE -k.amount END""",
    ),
}
