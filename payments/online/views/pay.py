"""/pay and /pay/<link>: paying without signing in. One page for everybody who pays online.

Nothing here shows more than a masked name and what is owed. The gateway is called outside any
transaction; then the payer's browser is sent there by a page of ours, because a form that leads to
another site would need that site in the content policy.
"""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ispbill.accounts.access import public
from ispbill.accounts.http import client_ip, with_wait
from ispbill.accounts.services import throttle
from ispbill.core import clock, pay_links
from ispbill.core.errors import DomainError
from ispbill.core.pay_links import PayLink
from payments.online.forms.online import Find, Pay, suggested
from payments.online.queries import online
from payments.online.queries.online import Payable
from payments.online.services import searching, starting
from payments.online.services.starting import AlreadyUnderWay, Asked
from payments.online.views import payer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """P-06: find an account by its number or phone. The same words whether there is one or not."""
    form = Find(request.POST or None)
    context: dict[str, object] = {"form": form}
    status, wait = 200, 0
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["account"]
        try:
            context["found"] = searching.search(
                typed=typed,
                digits=form.cleaned_data["digits"],
                ip=client_ip(request),
                on=clock.today(),
            )
        except throttle.TooManyTries as refusal:
            form.add_error("account", str(refusal))
            status, wait = 429, refusal.wait_seconds
        else:
            context["is_searched"] = True
    elif request.method == "POST":
        status = 422
    response = render(request, "payments/online/pay/find.html", context, status=status)
    return with_wait(response, wait) if wait else response


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """P-07: what is owed, how much to pay, and by which gateway."""
    link = pay_links.read(token)
    if link is None:
        raise Http404
    payable = online.payable(link, at=clock.now())
    if payable is None or link.until < clock.today():
        context = payer.frame(request, link.customer_id)
        return payer.private(
            render(request, "payments/online/pay/expired.html", context, status=410)
        )
    if request.method != "POST":
        amount = suggested(request.GET.get("amount", "")) or payable.suggested
        initial = {"amount": amount, "key": uuid.uuid4()}
        return _page(request, payable, link, Pay(initial=initial, accounts=payable.accounts))
    form = Pay(request.POST, accounts=payable.accounts)
    if not form.is_valid():
        return _page(request, payable, link, form, status=422)
    given = form.cleaned_data
    try:
        attempt = starting.start(
            asked=Asked(
                customer=payable.customer,
                account=next(one for one in payable.accounts if one.slug == given["gateway"]),
                amount=given["amount"],
                source=link.source.value,
                key=f"pay:{given['key']}",
                invoices=payable.chosen,
                client_ip=client_ip(request),
                language=get_language() or "en",
                is_again=given["is_again"],
            ),
            at=clock.now(),
        )
    except AlreadyUnderWay:  # it was begun after this page was shown
        fresh = online.payable(link, at=clock.now()) or payable
        return _page(request, fresh, link, form, status=409)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        # A form with a new key: the next click is a new attempt.
        form.data = {**form.data.dict(), "key": str(uuid.uuid4())}  # type: ignore[attr-defined]
        return _page(request, payable, link, form, status=503)
    return payer.private(redirect("public_payments:attempt-go", order=attempt.order))


@public
@never_cache
@require_safe
def go(request: HttpRequest, order: str) -> HttpResponse:
    """The hop to the gateway's page: by itself, or by a button where that does not work."""
    progress = online.progress(order, on=clock.today())
    if progress is None:
        raise Http404
    if progress.attempt.state != "OPEN":
        return payer.private(redirect("public_payments:attempt", order=order))
    context = {"attempt": progress.attempt, **payer.frame(request, progress.attempt.customer_id)}
    return payer.private(render(request, "payments/online/pay/go.html", context))


@public
@never_cache
@require_safe
def attempt(request: HttpRequest, order: str) -> HttpResponse:
    """What became of an attempt: waiting, paid, failed, cancelled, held. Asks again while it
    waits."""
    progress = online.progress(order, on=clock.today())
    if progress is None:
        raise Http404
    name = "_attempt" if request.headers.get("HX-Request") else "attempt"
    context = {"progress": progress, **payer.frame(request, progress.attempt.customer_id)}
    return payer.private(render(request, f"payments/online/pay/{name}.html", context))


def _page(
    request: HttpRequest, payable: Payable, link: PayLink, form: Pay, *, status: int = 200
) -> HttpResponse:
    context = {
        "payable": payable,
        "form": form,
        "link": link,
        **payer.frame(request, payable.customer.pk),
    }
    return payer.private(render(request, "payments/online/pay/pay.html", context, status=status))
