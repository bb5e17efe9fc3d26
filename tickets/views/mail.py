"""/admin/tickets/mail/: what came by e-mail, and the mailboxes it is read from."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.leads import LeadForm
from customers.queries import areas, directory
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import crypto, keyset, paging
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.forms.mail import AnswerForm, MailboxForm, TakeForm
from tickets.models import InboundMail, Mailbox
from tickets.queries import mail as mails
from tickets.rules import mail_reading
from tickets.services import founding, mail_deciding, mailboxes

SIZE = 50
_FOLDERS = {
    "waiting": gettext_lazy("To decide"),
    "taken": gettext_lazy("Taken"),
    "automatic": gettext_lazy("Automatic"),
    "discarded": gettext_lazy("Discarded"),
}
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("tickets.view")
def index(request: Request) -> HttpResponse:
    """List what came by e-mail, folder by folder; first what somebody must decide."""
    folder = request.GET.get("folder", "")
    folder = folder if folder in mails.NAMES else "waiting"
    mine = mails.visible_to(request.user)
    page = keyset.page(
        mine.filter(state__in=mails.NAMES[folder]).select_related("ticket", "mailbox").defer("raw"),
        size=SIZE,
        **keyset.asked(request.GET),
    )
    counts = mails.counts(mine)
    names = [("" if name == "waiting" else name, label) for name, label in _FOLDERS.items()]
    context = {
        "rows": page.rows,
        "folder": folder,
        "tabs": paging.tabs(request.GET, "folder", names),
        "waiting": counts["waiting"],
        "pager": paging.foot(page, request.GET, size=SIZE, total=counts[folder]),
        "failing": [box for box in mails.boxes() if box.is_active and box.error],
        "has_boxes": mails.boxes().exists(),
        "may_edit": may(request.user, "settings.edit"),
    }
    return responses.region(
        request, context, part="tickets/staff/mail/_rows.html", page="tickets/staff/mail/index.html"
    )


@require_GET
@staff_only("tickets.view")
def show(request: Request, pk: int) -> HttpResponse:
    """Show one mail as text, and what may be done with it."""
    row = _mail(request, pk)
    try:
        mail = mail_reading.read(bytes(row.raw))
    except Exception:
        mail = None
    context = {
        "row": row,
        "mail": mail,
        "is_whole": row.state != InboundMail.State.TOO_LARGE and mail is not None,
        "may_work": may(request.user, "tickets.work"),
        "is_answerable": mail is not None and not (mail.takes_no_reply or mail.machine),
        "may_lead": may(request.user, "leads.edit"),
    }
    return render(request, "tickets/staff/mail/mail.html", context)


@_both
@staff_only("tickets.work")
def take(request: Request, pk: int) -> HttpResponse:
    """Ask whose mail it is, and open that customer's ticket with it."""
    row = _mail(request, pk)
    form = TakeForm(request.POST or None, customers=directory.visible_to(request.user))

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        ticket = mail_deciding.take_for(row=row, customer=given["number"], act=act)
        return _("%(number)s is opened with this mail.") % {"number": ticket.number}

    return _decided(request, form, run, heading=_("Whose mail is this?"), label=_("Open a ticket"))


@_both
@staff_only("tickets.work")
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer somebody who is no customer of ours."""
    row = _mail(request, pk)
    form = AnswerForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        mail_deciding.answer(row=row, text=given["text"], act=Act.now(request.user))
        return _("The answer is on its way.")

    heading = _("Answer %(who)s") % {"who": row.sender_name or row.sender}
    return _decided(request, form, run, heading=heading, label=_("Send"))


@_both
@staff_only("leads.edit")
def make_lead(request: Request, pk: int) -> HttpResponse:
    """Ask what is known of who wrote, and make a lead of it."""
    row = _mail(request, pk)
    form = LeadForm(request.POST or None, user=request.user, initial=_wanted(request, row))

    def run(_given: dict[str, Any]) -> str:
        lead = mail_deciding.make_lead(row=row, interest=form.interest(), act=Act.now(request.user))
        return _("%(name)s is among the leads.") % {"name": lead.name}

    return _decided(request, form, run, heading=_("Make a lead"), label=_("Save"))


@_both
@staff_only("tickets.work")
def discard(request: Request, pk: int) -> HttpResponse:
    """Ask why, then put a mail away."""
    row = _mail(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        mail_deciding.discard(row=row, act=act)
        return _("The mail is discarded.")

    return _decided(request, form, run, heading=_("Discard this mail"), label=_("Discard"))


@require_POST
@staff_only("tickets.work")
def again(request: Request, pk: int) -> HttpResponse:
    """Sort a mail once more."""
    row = _mail(request, pk)
    try:
        row = mail_deciding.try_again(row=row, act=Act.now(request.user))
    except DomainError as error:
        return responses.go(request, _list(), str(error), level="error")
    said = _("The mail is now “%(state)s”.") % {"state": row.get_state_display()}
    return responses.go(request, _list(), said)


@require_GET
@staff_only("settings.view")
def boxes(request: Request) -> HttpResponse:
    """Show the mailboxes customers write to, and how reading them goes."""
    context = {"boxes": mails.boxes(), "may_edit": may(request.user, "settings.edit")}
    return render(request, "tickets/staff/mail/boxes.html", context)


@_both
@staff_only("settings.edit")
@editing.one_at_a_time
def box(request: Request, pk: int = 0) -> HttpResponse:
    """Add a mailbox, or change one; an empty password stays."""
    founding.lay()
    row = Mailbox()
    if pk:
        row = editing.held(request, get_object_or_404(Mailbox, pk=pk))
        start = {name: getattr(row, name) for name in mailboxes.EDITABLE}
        sealed = {"password": crypto.fingerprint(row.sealed_password, purpose="edit-form")}
        form = editing.form(request, MailboxForm, about=row, sealed=sealed, initial=start)
    else:
        form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            mailboxes.save(
                row=row,
                values=form.values(),
                password=form.cleaned_data["password"],
                act=Act.now(request.user),
            )
            return responses.go(request, _boxes(), _("Saved. Test whether it can be opened."))
    heading = _("Mailbox") if pk else _("New mailbox")
    return responses.dialog(request, form, heading=heading, label=_("Save"), back=_boxes())


@require_POST
@staff_only("settings.edit")
def test(request: Request, pk: int) -> HttpResponse:
    """Open a mailbox while somebody waits, and say whether that worked."""
    row = get_object_or_404(Mailbox, pk=pk)
    reason = mailboxes.test(row=row)
    if reason:
        return responses.go(request, _boxes(), f"{row}: {reason}", level="error")
    return responses.go(request, _boxes(), _("%(name)s can be opened.") % {"name": row})


def _wanted(request: Request, row: InboundMail) -> dict[str, Any]:
    """Return what a mail tells of a lead."""
    try:
        mail = mail_reading.read(bytes(row.raw))
        said = mail_reading.without_quotes(mail.text)
    except Exception:
        said = ""
    return {
        "name": row.sender_name,
        "email": row.sender,
        "source": _("E-mail"),
        "branch": areas.branches(request.user).first(),
        "notes": f"{row.subject}\n{said}".strip()[:2000],
    }


def _decided(
    request: Request, form: Any, run: Callable[[dict[str, Any]], str], *, heading: str, label: str
) -> HttpResponse:
    return responses.carried_out(request, form, run, heading=heading, label=label, back=_list())


def _mail(request: Request, pk: int) -> InboundMail:
    found = mails.visible_to(request.user).select_related("ticket", "mailbox", "lead")
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _list() -> str:
    return reverse("staff_tickets:mail")


def _boxes() -> str:
    return reverse("staff_tickets:mailboxes")
