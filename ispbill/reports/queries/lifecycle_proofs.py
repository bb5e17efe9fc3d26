"""Proofs about changes, pauses and ends of services (see `proofs`)."""

from ispbill.core.marking import gettext_noop

CHECKS: dict[str, tuple[str, str]] = {
    "let_go_days_were_given_back": (
        gettext_noop("Days a line has let go of were given back by credit notes"),
        """SELECT 'line ' || l.id FROM billing_invoiceline l
           JOIN billing_invoice i ON i.id = l.invoice_id AND i.status = 'OPEN'
           LEFT JOIN LATERAL (
               SELECT range_agg(c.days) AS days, sum(c.net_amount) AS net
               FROM billing_creditnoteline c WHERE c.line_id = l.id) g ON true
           WHERE l.is_live AND l.held_span IS NOT NULL AND l.net_amount <> 0
             AND coalesce(g.net, 0) < l.net_amount
             AND NOT coalesce(g.days @> (datemultirange(l.span) - datemultirange(l.held_span)),
                              false)""",
    ),
    "pauses_are_not_billed_later": (
        gettext_noop(
            "No bill asks for days that had been switched off without billing when it was written"
        ),
        """SELECT 'service ' || l.subscription_id || ': ' || lower(p.span)
           FROM customers_suspension p
           JOIN billing_invoiceline l ON l.subscription_id = p.subscription_id
           JOIN billing_invoice i ON i.id = l.invoice_id AND i.status = 'OPEN'
           WHERE NOT p.is_billed AND p.kind <> 'PREPAID' AND NOT isempty(p.span)
             AND l.is_live AND l.item = 0
             AND l.span IS NOT NULL AND i.issued_on > lower(p.span)
             AND coalesce(l.held_span, l.span)
                 && (p.span * daterange(NULL, i.issued_on))""",
    ),
    "changes_have_their_papers": (
        gettext_noop(
            "Every change carried out at once has the invoice and the credit notes it names"
        ),
        """SELECT 'change ' || c.id FROM billing_packagechange c
           LEFT JOIN billing_invoice i ON i.id = c.invoice_id
           WHERE c.status = 'APPLIED' AND c.effective = 'NOW'
             AND (coalesce(i.total_amount, 0)
                  - coalesce((SELECT sum(n.total_amount) FROM billing_creditnote n
                              WHERE n.number = ANY (c.credit_notes)), 0)) <> c.total_amount""",
    ),
    "services_have_the_package_of_their_last_change": (
        gettext_noop("A service has the package its last carried out change gave it"),
        """SELECT s.connection_id FROM customers_subscription s
           JOIN LATERAL (SELECT package_to_id FROM billing_packagechange c
                         WHERE c.subscription_id = s.id AND c.status = 'APPLIED'
                         ORDER BY c.applied_at DESC, c.id DESC LIMIT 1) c ON true
           WHERE c.package_to_id <> s.package_id""",
    ),
}
