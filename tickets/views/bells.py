"""What staff are told of tickets by the bell."""

from django.utils.translation import gettext_lazy

KINDS = {
    "ticket-given": gettext_lazy("Given to you"),
    "ticket-wrote": gettext_lazy("The customer has written"),
    "ticket-mentioned": gettext_lazy("You were mentioned in a note"),
    "ticket-warned": gettext_lazy("Three quarters of the promised time are over"),
    "ticket-breached": gettext_lazy("The promised time is over"),
    "sla-low": gettext_lazy("Too few promises are kept this month"),
    "ticket-escalated": gettext_lazy("Twice the promised time is over"),
}
