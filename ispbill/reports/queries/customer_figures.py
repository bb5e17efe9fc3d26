"""Recurring revenue, and the customers it comes from."""

from django.utils.translation import gettext_lazy as _

from ispbill.reports.queries import answering
from ispbill.reports.queries.defining import COUNT, MONEY, PERCENT, RATIO, Definition

CUSTOMER_FIGURES = (
    Definition(
        "mrr",
        _("Recurring revenue a month"),
        MONEY,
        _(
            "What the services in use bring in a month, without tax: each at its price of that"
            " day, a quarterly one by a third and an annual one by a twelfth, less discounts and"
            " with add-ons. A service counts from the day it is activated until the day it is"
            " cancelled. While it is switched off it counts only when those days are billed all"
            " the same. One-off fees never count."
        ),
        answering.recurring,
        "in_use",
    ),
    Definition(
        "customers",
        _("Paying customers"),
        COUNT,
        _("Customers with a service that counts in recurring revenue, each once."),
        lambda asked: int(asked.span.closing["customers"]),
        "customers",
    ),
    Definition(
        "started",
        _("Services started"),
        COUNT,
        _("Services activated for the first time on these days."),
        lambda asked: int(asked.span["added_count"]),
        "added",
    ),
    Definition(
        "cancelled",
        _("Services cancelled"),
        COUNT,
        _(
            "Activated services that ended on these days, whether they were in use or switched off"
            " when they did."
        ),
        lambda asked: int(asked.span["cancelled_count"]),
        "cancelled",
    ),
    Definition(
        "churned",
        _("Cancelled while in use"),
        MONEY,
        _(
            "Recurring revenue of the services that were in use on the day they were cancelled. A"
            " service that was cut off first left recurring revenue then, under “Switched off”."
        ),
        lambda asked: asked.span["churned_amount"],
        "churned",
    ),
    Definition(
        "arpu",
        _("Revenue per customer"),
        MONEY,
        _(
            "Recurring revenue a month divided by the customers with a service that counts in"
            " it, free ones included (often called ARPU). For one package a customer counts where"
            " the first of the services in use is."
        ),
        answering.per_customer,
    ),
    Definition(
        "quick_ratio",
        _("Won for each lost"),
        RATIO,
        _(
            "Recurring revenue that is new, more or back, divided by what was cancelled or became"
            " less. Services switched off and on again are in neither. Above 1 the company grows."
        ),
        lambda asked: asked.span.quick_ratio,
    ),
    Definition(
        "customers_joined",
        _("Customers joined"),
        COUNT,
        _("Customers whose first service came into use on these days."),
        lambda asked: asked.turnover.joined,
        "joined",
    ),
    Definition(
        "customers_left",
        _("Customers left"),
        COUNT,
        _(
            "Customers without a service in use for thirty days in a row, on the first of them:"
            " every service has ended, or is cut for not paying, prepaid time that is over, fraud"
            " or policy. A break of one's own and a technical cut are no leaving. Who is back"
            " within thirty days never left; the last thirty days are not final yet."
        ),
        lambda asked: asked.turnover.left,
        "left",
    ),
    Definition(
        "came_back",
        _("Customers back"),
        COUNT,
        _("Customers who had left and have a service in use again since these days."),
        lambda asked: asked.turnover.came_back,
        "came_back",
    ),
    Definition(
        "net_customers",
        _("Net customers"),
        COUNT,
        _("Customers joined and customers back, less customers left."),
        lambda asked: asked.turnover.net,
    ),
    Definition(
        "customer_churn",
        _("Customer churn"),
        PERCENT,
        _(
            "Of the customers there were when these days began, how many left on them. Who joined"
            " and left within them is not in it."
        ),
        lambda asked: asked.turnover.churn,
    ),
    Definition(
        "revenue_churn",
        _("Revenue churn"),
        PERCENT,
        _(
            "What those who left paid a month on their last day in use, in percent of recurring"
            " revenue when these days began."
        ),
        answering.revenue_churn,
    ),
    Definition(
        "expected_value",
        _("Expected value of a customer"),
        MONEY,
        _(
            "Revenue per customer, times the months a customer stays of the first thirty-six: "
            "by the survival curve of all who ever came (Kaplan and Meier), those still here "
            "in it. From 100 customers and 20 who left."
        ),
        answering.expected_value,
    ),
    Definition(
        "acquisition_cost",
        _("Cost of winning a customer"),
        MONEY,
        _(
            "What was entered for these days, credit for who brought a friend and resellers' "
            "amounts for new services, less what was taken back, divided by the customers who "
            "joined."
        ),
        answering.acquisition_cost,
    ),
)
