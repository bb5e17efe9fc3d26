"""/admin/messages/templates/: what is written on which occasion, and the settings around it."""

from dataclasses import dataclass

from django.contrib import messages as flash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.forms.staff import MessageChoices, WordingText
from ispbill.notifications.models import MessageSettings
from ispbill.notifications.queries import texts, wordings
from ispbill.notifications.rules import sms, wording
from ispbill.notifications.rules.events import EVENTS, Event
from ispbill.notifications.rules.sms import Parts
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import settings as choices
from ispbill.notifications.services import trial
from ispbill.notifications.services import wordings as desk

LANGUAGE_NAMES = {"en": "English", "bn": "বাংলা"}
# What a message is about, in the order an office thinks of it; an event named nowhere comes last.
GROUPS = (
    (
        gettext_lazy("Bills and reminders"),
        ("invoice_issued", "payment_reminder", "payment_due_today", "payment_overdue",
         "late_fee_charged", "credit_note_issued", "price_change", "price_change_cancelled"),
    ),
    (
        gettext_lazy("Suspension and return"),
        ("suspension_notice", "service_suspended", "service_reactivated", "service_activated"),
    ),
    (
        gettext_lazy("Payments"),
        ("payment_received", "payment_reversed", "payment_refunded", "payment_not_accepted",
         "payment_sent_back"),
    ),
    (gettext_lazy("Prepaid"), ("prepaid_renewed", "prepaid_low", "prepaid_over")),
    (
        gettext_lazy("Resellers"),
        ("wallet_low", "wallet_not_renewed", "reseller_remit", "reseller_paid", "reseller_moved"),
    ),
    (
        gettext_lazy("Debit orders"),
        ("mandate_to_sign", "mandate_active", "mandate_failed", "debit_order_planned",
         "debit_order_failed", "debit_order_stopped"),
    ),
    (
        gettext_lazy("Changes and pauses"),
        ("package_changed", "package_change_approved", "package_change_rejected",
         "pause_approved", "pause_refused"),
    ),
    (
        gettext_lazy("Access"),
        ("one_time_code", "password_reset", "access_link", "codes_used_up", "welcome"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """A text with the event's sample values put in."""

    text: Text
    parts: Parts | None
    foreign: str
    """The letters that make an SMS dearer, if only a few do."""
    unknown: str


@require_GET
@staff_only("messages.view")
def index(request: Request) -> HttpResponse:
    """Every event's text in one channel and language, grouped by what it is about."""
    channel = request.GET.get("channel", "")
    channel = channel if channel in wording.CHANNELS else wording.CHANNELS[0]
    language = request.GET.get("language", "")
    language = language if language in wording.LANGUAGES else wording.LANGUAGES[0]
    sought = request.GET.get("q", "").strip().casefold()
    found = [
        line
        for line in wordings.lines(channel, language)
        if sought in line.title.casefold() or sought in line.words.casefold()
    ]
    used = MessageSettings.current().channels
    context = {
        "groups": _grouped(found),
        "on": sum(not line.is_off for line in found),
        "total": len(found),
        "dear": sum(line.parts > 1 for line in found),
        "channel": channel,
        "text_language": language,
        "query": request.GET.get("q", ""),
        "channels": [(code, _(name), code in used) for code, name in wordings.CHANNEL_NAMES],
        "tabs": [
            {
                "label": LANGUAGE_NAMES[code],
                "url": f"?channel={channel}&language={code}",
                "current": code == language,
            }
            for code in wording.LANGUAGES
        ],
    }
    return responses.region(
        request,
        context,
        part="notifications/staff/_wordings.html",
        page="notifications/staff/wordings.html",
    )


def _grouped(lines: list[wordings.Line]) -> list[tuple[str, list[wordings.Line]]]:
    groups = [(str(title), codes) for title, codes in GROUPS]
    known = {code for _title, codes in groups for code in codes}
    found = [
        (title, [line for line in lines if line.event.code in codes]) for title, codes in groups
    ]
    rest = [line for line in lines if line.event.code not in known]
    return [(title, group) for title, group in [*found, (_("Other"), rest)] if group]


@require_http_methods(["GET", "POST"])
@staff_only("messages.edit")
@editing.one_at_a_time
def edit(request: Request, event: str, channel: str, language: str) -> HttpResponse:
    """One text: edit it, look at it, and keep it."""
    place = _place(event, channel, language)
    if request.method == "POST":
        desk.hold(place)
    current = wordings.in_force([place])[place] or Text(body="")
    form = editing.form(
        request,
        WordingText,
        about=wordings.own_row(place),
        place="wording:" + ":".join(place),
        form_id="wording",
        initial={"subject": current.subject, "body": current.body},
        has_subject=channel == wording.EMAIL,
    )
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "body"):
            desk.save(place=place, text=form.text(), act=Act.now(request.user))
            flash.success(request, _("The text is saved."))
            return redirect("staff_notifications:wordings")
    typed = _typed(form) if form.is_bound else current
    context = {
        "form": form,
        "event": EVENTS[event],
        "title": _(EVENTS[event].title),
        "channel": channel,
        "channel_name": dict(wordings.CHANNEL_NAMES)[channel],
        "text_language": language,
        "placeholders": _described(EVENTS[event]),
        "is_own": wordings.is_own(place),
        "siblings": _siblings(place),
        "address": reverse("staff_notifications:wording", args=place),
        **_preview_context(place, typed),
    }
    return responses.form_page(request, "notifications/staff/wording.html", context)


def _siblings(place: wordings.Place) -> list[dict[str, object]]:
    """The same message in every channel and language, as tabs."""
    event = place[0]
    return [
        {
            "label": f"{_(name)}, {LANGUAGE_NAMES[code]}",
            "url": reverse("staff_notifications:wording", args=(event, channel, code)),
            "current": (event, channel, code) == place,
        }
        for channel, name in wordings.CHANNEL_NAMES
        for code in wording.LANGUAGES
    ]


@require_POST
@staff_only("messages.edit")
def preview(request: Request, event: str, channel: str, language: str) -> HttpResponse:
    """What the typed text looks like with sample values."""
    place = _place(event, channel, language)
    form = WordingText(request.POST, has_subject=channel == wording.EMAIL)
    return render(
        request, "notifications/staff/_preview.html", _preview_context(place, _typed(form))
    )


@require_POST
@staff_only("messages.edit")
def send_to_me(request: Request, event: str, channel: str, language: str) -> HttpResponse:
    """Send the typed text, with sample values, to the person who asks."""
    place = _place(event, channel, language)
    form = WordingText(request.POST, has_subject=channel == wording.EMAIL)
    text = _finished(place, _typed(form))
    recipient = _own_address(request, channel)
    try:
        if not recipient:
            raise trial.NotSent(_("Your profile has no address for this channel."))
        if not text.body:
            raise trial.NotSent(_("There is no text to send."))
        trial.send(channel=channel, recipient=recipient, text=text, at=clock.now())
    except DomainError as error:
        context = {"tone": "danger", "words": str(error)}
        return render(request, "notifications/staff/_trial.html", context, status=422)
    sent = _("Sent to %(recipient)s.") % {"recipient": recipient}
    return render(request, "notifications/staff/_trial.html", {"tone": "success", "words": sent})


@require_POST
@staff_only("messages.edit")
def reset(request: Request, event: str, channel: str, language: str) -> HttpResponse:
    """Go back to the shipped text."""
    place = _place(event, channel, language)
    desk.reset(place=place, act=Act.now(request.user))
    flash.success(request, _("The shipped text is used again."))
    return redirect("staff_notifications:wording", *place)


@require_http_methods(["GET", "POST"])
@staff_only("messages.edit")
@editing.one_at_a_time
def settings(request: Request) -> HttpResponse:
    """Channels and quiet hours."""
    row = editing.held(request, MessageSettings.current())
    initial = {name: getattr(row, name) for name in choices.FIELDS}
    form = editing.form(request, MessageChoices, about=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        choices.change(values=form.cleaned_data, act=Act.now(request.user))
        flash.success(request, _("Saved."))
        return redirect("staff_notifications:settings")
    return responses.form_page(request, "notifications/staff/settings.html", {"form": form})


def _place(event: str, channel: str, language: str) -> wordings.Place:
    known = event in EVENTS and channel in wording.CHANNELS and language in wording.LANGUAGES
    if not known:
        raise Http404
    return event, channel, language


def _typed(form: WordingText) -> Text:
    """What was typed, even where the form refuses it: the preview shows it all the same."""
    return Text(
        subject=str(form.data.get("subject", "")).strip(),
        body=str(form.data.get("body", "")).replace("\r\n", "\n").strip()[:4000],
    )


def _finished(place: wordings.Place, text: Text) -> Text:
    event, channel, language = place
    values = {**EVENTS[event].samples, **_company_values()}
    return wording.compose(text, event, values, language=language, channel=channel)


def _preview_context(place: wordings.Place, text: Text) -> dict[str, object]:
    finished = _finished(place, text)
    parts = sms.parts(finished.body) if place[1] == "SMS" else None
    foreign = sms.foreign_letters(finished.body) if parts else ""
    try:
        wording.check(place[0], f"{text.subject}\n{text.body}")
        unknown = ""
    except wording.UnknownPlaceholder as error:
        unknown = str(error)
    shown = Preview(finished, parts, foreign if len(foreign) <= 5 else "", unknown)
    return {"preview": shown, "preview_language": place[2]}


def _company_values() -> dict[str, object]:
    """The company's own values where it has given them, else the samples stay."""
    return {name: value for name, value in texts.company_values().items() if value}


def _described(event: Event) -> list[dict[str, str]]:
    return [
        {"name": one.name, "braced": f"{{{one.name}}}", "description": _(one.description)}
        for one in event.placeholders
    ]


def _own_address(request: Request, channel: str) -> str:
    user = request.user
    if channel == wording.EMAIL:
        return user.email or (user.login if "@" in user.login else "")
    return user.phone
