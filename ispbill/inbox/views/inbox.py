"""/admin/inbox/: everything that waits for somebody's decision, walked one by one.

Nothing is decided here: a verb calls the service of the room that registered it, and the answer is
the next item.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import push_url, reswap, retarget, trigger_client_event

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.responses import Foretold
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.inbox.forms.later import Later
from ispbill.inbox.queries import items, sources
from ispbill.inbox.queries.items import Found
from ispbill.inbox.queries.sources import Done, Source, Verb
from ispbill.inbox.services import deciding, postponing
from ispbill.inbox.views import showing


@require_GET
@staff_only("console.use")
def index(request: Request) -> HttpResponse:
    """List what waits; the first of it stands open beside the list."""
    if not items.mine(request.user):
        raise PermissionDenied
    return _page(request, wanted="", is_open=False)


@require_GET
@staff_only("console.use")
def item(request: Request, kind: str, key: int) -> HttpResponse:
    """Show one item: beside the list, or alone for htmx. What was decided meanwhile says so."""
    source, at = _source(request, kind), clock.now()
    row = items.find(source, request.user, key, at=at)
    context = _gone(request, source, key) if row is None else None
    if not responses.is_fragment(request) or responses.is_fragment(request, "inbox"):
        return _page(request, wanted=f"{kind}/{key}", is_open=True, panel=context)
    if row is not None:
        context = showing.the_item(request, source, row, at=at)
    return responses.varied(render(request, "inbox/staff/_item.html", context))


@require_http_methods(["GET", "POST"])
@staff_only("console.use")
def act(request: Request, kind: str, key: int, verb: str) -> HttpResponse:
    """Do something about an item, asking first where it asks, and show the next one."""
    source, at = _source(request, kind), clock.now()
    row = items.find(source, request.user, key, at=at)
    if row is None:
        said = Done(_gone(request, source, key)["gone"])
        return _next(request, said, is_warning=True)
    found = next((one for one in source.verbs(request, row) if one.name == verb), None)
    if found is None:
        raise Http404
    if not showing.is_allowed(request, source, found):
        raise PermissionDenied
    if found.form is not None:
        return _asked(request, source, row, found)
    if request.method != "POST":
        return responses.go(request, showing.address(request, source, key))
    try:
        return _next(request, found.run(request, row, {}))
    except DomainError as refusal:
        return _refused(request, source, row.pk, str(refusal))


@require_http_methods(["GET", "POST"])
@staff_only("console.use")
def later(request: Request, kind: str, key: int) -> HttpResponse:
    """Put an item off for oneself until a moment."""
    source, at = _source(request, kind), clock.now()
    if items.find(source, request.user, key, at=at) is None:
        return _next(request, Done(_gone(request, source, key)["gone"]), is_warning=True)
    form = Later(request.POST if request.method == "POST" else None, at=at)
    if form.is_valid():
        with responses.refusals_in(form):
            postponing.put_off(
                kind=kind, item_id=key, until=form.until(), act=Act(request.user, at)
            )
            undo = showing.address(request, source, key, view="inbox-now")
            said = _("Put off. It comes back by itself.")
            return _next(request, Done(said, undo, is_undone_at_once=True))
    return responses.dialog(
        request,
        form,
        heading=_("Later"),
        label=_("Put off"),
        back=showing.address(request, source, key),
        effects=[_("For everybody else it still waits.")],
    )


@require_GET
@staff_only("console.use")
def opened(request: Request, kind: str, key: int) -> HttpResponse:
    """Say who else decides about an item that stands open; asked again while it does."""
    source = _source(request, kind)
    if items.find(source, request.user, key, at=clock.now()) is None:
        raise Http404
    who = deciding.look(kind=kind, item_id=key, user=request.user)
    return render(request, "inbox/staff/_opened.html", {"who": who})


@require_POST
@staff_only("console.use")
def now(request: Request, kind: str, key: int) -> HttpResponse:
    """Bring an item back that was put off."""
    source = _source(request, kind)
    postponing.bring_back(kind=kind, item_id=key, act=Act.now(request.user))
    return responses.go(request, showing.address(request, source, key), _("It waits again."))


def _source(request: Request, kind: str) -> Source:
    source = sources.find(kind)
    if source is None:
        raise Http404
    if not may(request.user, source.capability):
        raise PermissionDenied
    return source


def _page(
    request: Request, *, wanted: str, is_open: bool, panel: dict[str, Any] | None = None
) -> HttpResponse:
    """Render the list with an item: the wanted one, else the first. `panel` is one that is gone."""
    context = _whole(request, wanted=wanted, is_open=is_open, panel=panel)
    return responses.region(
        request,
        context,
        part="inbox/staff/_inbox.html",
        page="inbox/staff/index.html",
        target="inbox",
    )


def _whole(
    request: Request,
    *,
    wanted: str,
    is_open: bool,
    panel: dict[str, Any] | None = None,
    found: Found | None = None,
) -> dict[str, Any]:
    at = clock.now()
    found = found or showing.loaded(request, at=at)
    if panel is None and (wanted or found.items):
        panel = _panel(request, wanted or found.items[0].name, found)
    here = panel["name"] if panel is not None else ""
    return {
        **showing.the_list(request, found, at=at, here=here),
        "is_open": is_open,
        "panel": panel,
        **(panel or {}),
        **showing.done_context(None),
    }


def _panel(request: Request, name: str, found: Found) -> dict[str, Any] | None:
    """Return the context of an item by its name; None when it waits no longer."""
    kind, _slash, key = name.partition("/")
    source, at = sources.find(kind), clock.now()
    row = items.find(source, request.user, int(key), at=at) if source is not None else None
    if source is None or row is None:
        return None
    names = [one.name for one in found.items]
    place = (names.index(name) + 1, len(names)) if name in names else None
    return showing.the_item(request, source, row, at=at, place=place)


def _gone(request: Request, source: Source, key: int) -> dict[str, Any]:
    """Say what became of an item that waits no longer. Raises Http404 for what is not theirs."""
    said = source.decided(request.user, key)
    if said is None:
        raise Http404
    return {
        "source": source,
        "key": key,
        "name": f"{source.kind}/{key}",
        "gone": said,
        "list_url": showing.the_list_url(request),
    }


def _asked(request: Request, source: Source, row: Any, verb: Verb) -> HttpResponse:
    if verb.form is None:
        raise ValueError("a verb without a form does not ask")
    form = verb.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _next(request, verb.run(request, row, form.cleaned_data))
        except DomainError as refusal:
            if items.find(source, request.user, row.pk, at=clock.now()) is None:
                return _next(request, Done(str(refusal)), is_warning=True)
            form.add_error(None, str(refusal))
    return responses.foretelling(
        request,
        form,
        Foretold(verb.effects),
        heading=str(verb.label),
        label=str(verb.label),
        back=showing.address(request, source, row.pk),
        danger=verb.is_refusal,
    )


def _refused(request: Request, source: Source, key: int, words: str) -> HttpResponse:
    """Show an item with why nothing was done; the next one when it waits no longer."""
    at = clock.now()
    row = items.find(source, request.user, key, at=at)
    if row is None:
        return _next(request, Done(words), is_warning=True)
    if not request.htmx:
        return responses.go(request, showing.address(request, source, key), words, level="error")
    context = showing.the_item(request, source, row, at=at, error=words)
    response = render(request, "inbox/staff/_item.html", context, status=422)
    return responses.varied(reswap(retarget(response, "#inbox-item"), "innerHTML"))


def _next(request: Request, done: Done, *, is_warning: bool = False) -> HttpResponse:
    """Answer an act with the list without it and the item that was below."""
    found = showing.loaded(request, at=clock.now())
    following = showing.after(found, request.POST.get("next", "")[:60])
    url = showing.the_list_url(request)
    if following is not None:
        url = showing.address(request, following.source, following.key)
    if not request.htmx:
        level = "warning" if is_warning else "success"
        return responses.go(request, url, done.text, level=level)
    name = following.name if following is not None else ""
    context = _whole(request, wanted=name, is_open=bool(name), found=found)
    context |= showing.done_context(done, is_warning=is_warning)
    response = render(request, "inbox/staff/_inbox.html", context)
    response = push_url(reswap(retarget(response, "#inbox"), "outerHTML"), url)
    return responses.varied(trigger_client_event(response, "dialog:close", after="swap"))
