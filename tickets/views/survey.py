"""/survey/<token>: how it was, without signing in. Looking at it never counts as an answer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.forms.portal import Stars
from tickets.queries import survey_links
from tickets.services import surveys


@public
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for stars; `?s=4` has them chosen, and the answer is sent once."""
    survey = survey_links.read(token)
    if survey is None:
        raise Http404
    is_over = clock.now() > survey.expires_at
    if survey.is_answered or is_over:
        context = {"survey": survey, "is_over": is_over and not survey.is_answered}
        return _shown(request, context)
    initial = {"stars": request.GET.get("s", "")}
    form = Stars(request.POST or None, initial=initial, asks_nps=survey.asks_nps)
    if request.method == "POST" and form.is_valid():
        given = surveys.Answer(
            form.cleaned_data["stars"], form.cleaned_data["comment"], form.cleaned_data.get("nps")
        )
        try:
            answered = surveys.answer(survey=survey, given=given, act=Act.now(None))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _shown(request, {"survey": answered, "is_thanks": True})
    status = 422 if form.errors else 200
    return _shown(request, {"survey": survey, "form": form}, status=status)


def _shown(request: HttpRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, "tickets/public/survey.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
