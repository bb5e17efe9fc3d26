"""What was billed, came in and is owed."""

from django.utils.translation import gettext_lazy as _

from ispbill.reports.queries import answering
from ispbill.reports.queries.defining import DAYS, MONEY, PERCENT, Definition

MONEY_FIGURES = (
    Definition(
        "billed",
        _("Billed"),
        MONEY,
        _(
            "Net and tax of the invoices issued on these days, whatever they are for. An invoice"
            " made void is taken off on the day it was made void."
        ),
        lambda asked: asked.span.billed,
        "billed",
    ),
    Definition(
        "collected",
        _("Collected"),
        MONEY,
        _(
            "Payments booked on these days, less payments reversed or refunded on these days. It"
            " includes money paid for older bills and in advance."
        ),
        answering.collected,
        "collected",
    ),
    Definition(
        "due",
        _("Bills due"),
        MONEY,
        _(
            "Of the bills due on these days, less their credit notes: how much was asked for. "
            "Bills of prepaid services are not in it."
        ),
        answering.due,
    ),
    Definition(
        "collection",
        _("Collection efficiency"),
        PERCENT,
        _(
            "Of the bills due on these days, less their credit notes: how much was paid at the end"
            " of the month they were due, or is paid by now. Money paid in advance counts in the"
            " month of its bill, money for older bills does not. A write-off lowers nothing, and"
            " what is reversed later leaves past months as they stood."
        ),
        answering.collection,
    ),
    Definition(
        "collection_on_time",
        _("Paid on time"),
        PERCENT,
        _(
            "Of the bills due on these days, less their credit notes: how much was paid at the end"
            " of the due date of each."
        ),
        answering.paid_within(0),
    ),
    Definition(
        "collection_30",
        _("Paid within 30 days"),
        PERCENT,
        _(
            "Of the same bills: how much was paid thirty days after the due date of each, or "
            "is paid by now where they are not over."
        ),
        answering.paid_within(30),
    ),
    Definition(
        "owed",
        _("Owed"),
        MONEY,
        _(
            "What was left of issued invoices at the end of the day, after payments applied to"
            " them, credit notes and write-offs, due or not. Credit that customers have not used"
            " yet is not taken off."
        ),
        lambda asked: asked.owed.amount,
        "owed",
    ),
    Definition(
        "overdue",
        _("Past due"),
        MONEY,
        _(
            "The part of what is owed whose due date is over, whether or not days of grace are"
            " left. Its ages count the days since the due date."
        ),
        lambda asked: asked.owed.overdue,
        "overdue",
    ),
    Definition(
        "receivable",
        _("Receivables in the books"),
        MONEY,
        _(
            "What account 1100 says at the end of the day: what is owed on bills, less credit "
            "that customers have not used yet, with what is owed beside bills."
        ),
        answering.receivable,
    ),
    Definition(
        "dso",
        _("Days of billing owed"),
        DAYS,
        _(
            "What is owed, measured in days of billing: divided by what was billed in the last"
            " ninety days less credit notes, times ninety (often called DSO)."
        ),
        answering.days_owed,
    ),
    Definition(
        "coming",
        _("Cash of the next 14 days"),
        MONEY,
        _(
            "Of what is open on issued bills: the part that comes in within fourteen days if each"
            " class of customers pays as it paid the bills of the last year (punctual, mostly"
            " punctual, late, new). Bills that are not issued yet are not in it. Dashed: if all"
            " that is open were paid by then."
        ),
        answering.coming,
    ),
)
