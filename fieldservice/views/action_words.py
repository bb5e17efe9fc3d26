"""What a technician's act was, in words."""

from django.utils.translation import gettext as _

from fieldservice.models import FieldAction, WorkOrder
from fieldservice.services import outbox
from ispbill.core import formats


def kind(action: FieldAction) -> str:
    """Say what an act was."""
    return {
        "start": _("Set out"),
        "turn_back": _("Turned back"),
        "arrive": _("Arrived"),
        "complete": _("Completed the job"),
        "fail": _("Could not do the job"),
        "answer": _("Answered the checklist"),
        "note": _("Wrote a note"),
        "material": _("Noted material"),
        "photo": _("Took a photo"),
        "sign": _("Had it signed"),
        "swap": _("Asked somebody else to take it over"),
        "correct": _("Corrected a phone number or a location"),
    }.get(action.kind, action.kind)


def title(action: FieldAction) -> str:
    """Say whose act about which job it is."""
    return _("%(number)s: %(act)s, by %(name)s") % {
        "number": action.order.number,
        "act": kind(action),
        "name": action.technician.name,
    }


def both(action: FieldAction) -> list[str]:
    """Say both versions: what the phone sent, and what the office had when it came."""
    office = action.answer
    state = dict(WorkOrder.State.choices).get(office.get("state", ""), office.get("state", ""))
    said = [
        _("The technician, %(moment)s: %(act)s")
        % {"moment": formats.moment(action.moment), "act": kind(action)},
        _("The office, when it came %(moment)s: “%(state)s”, %(who)s")
        % {
            "moment": formats.moment(action.received_at),
            "state": state,
            "who": office.get("technician") or _("nobody"),
        },
    ]
    if office.get("why") == outbox.ENDED:
        said.append(_("The phone had been ended; it handed this in before it was wiped."))
    if action.kind == "correct" and office.get("why"):
        said[1] = office["why"]
    details = [f"{name}: {value}" for name, value in action.payload.items() if value]
    shown = "; ".join(details)[:300]
    return [*said, shown] if shown else said
