"""/survey/<token>: how it was, without signing in. Looking at it never counts as an answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.core.acts import Act
from tickets.forms.portal import Recommend, Stars
from tickets.models import Opinion, Survey
from tickets.queries import survey_links
from tickets.services import opinions, opting_out, surveys

_methods = require_http_methods(["GET", "HEAD", "POST"])


@public
@_methods
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for stars; `?s=4` has them chosen, and the answer is sent once."""
    survey = survey_links.read(token)
    if survey is None:
        raise Http404
    initial = {"stars": request.GET.get("s", "")}
    form = Stars(request.POST or None, initial=initial, asks_nps=survey.asks_nps)

    def keep(given: dict[str, Any]) -> None:
        answer = surveys.Answer(given["stars"], given["comment"], given.get("nps"))
        surveys.answer(survey=survey, given=answer, act=Act.now(None))

    return _asked(request, survey, form, keep, "tickets/public/survey.html")


@public
@_methods
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether one would recommend us; `?s=9` has the score chosen, and it is sent once."""
    asked = survey_links.read_opinion(token)
    if asked is None:
        raise Http404
    form = Recommend(request.POST or None, initial={"score": request.GET.get("s", "")})

    def keep(given: dict[str, Any]) -> None:
        said = opinions.Said(given["score"], given["comment"])
        opinions.answer(opinion=asked, said=said, act=Act.now(None))

    return _asked(request, asked, form, keep, "tickets/public/opinion.html")


@public
@_methods
def quiet(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to ask nothing any more; looking changes nothing, for mail programs look too."""
    pk = survey_links.read_quiet(token)
    customer = Customer.objects.filter(pk=pk).first() if pk is not None else None
    if customer is None:
        raise Http404
    if request.method == "POST":
        opting_out.stop(customer=customer, act=Act.now(None))
        return redirect(f"{request.path}?done=1")
    return _shown(request, "tickets/public/quiet.html", {"is_done": "done" in request.GET})


def _asked(
    request: HttpRequest, row: Survey | Opinion, form: Any, keep: Any, template: str
) -> HttpResponse:
    """Ask, keep what was answered, or say why nothing is asked any more."""
    context: dict[str, object] = {
        "survey": row,
        "quiet_url": survey_links.quiet_url(row.customer_id) if row.customer_id else "",
    }
    is_over = clock.now() > row.expires_at
    if row.is_answered or is_over:
        return _shown(request, template, context | {"is_over": is_over and not row.is_answered})
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            keep(form.cleaned_data)
            return _shown(request, template, context | {"is_thanks": True})
    status = 422 if form.errors else 200
    return _shown(request, template, context | {"form": form}, status=status)


def _shown(
    request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
