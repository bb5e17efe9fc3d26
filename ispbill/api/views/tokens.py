"""Profile > API tokens: one's own, made and ended; the word is shown once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import freshly_proven, staff_only
from ispbill.accounts.http import Request
from ispbill.api.forms.tokens import TokenForm
from ispbill.api.models import ApiToken
from ispbill.api.queries import tokens as queries
from ispbill.api.services import tokens
from ispbill.core import clock
from ispbill.core.acts import Act


@require_GET
@staff_only("console.use")
def index(request: Request) -> HttpResponse:
    """List the tokens one may see: one's own, an owner everybody's."""
    context = {"tokens": queries.visible_to(request.user), "real_at": clock.real_now()}
    return render(request, "api/tokens.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("console.use")
@freshly_proven
def add(request: Request) -> HttpResponse:
    """Make a token and show its word, once."""
    offered = tokens.offered(request.user)
    form = TokenForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            token, word = tokens.issue(
                name=given["name"],
                scopes=given["scopes"],
                days=given["days"],
                act=Act.now(request.user),
            )
            response = render(request, "api/token_made.html", {"token": token, "word": word})
            response["Cache-Control"] = "no-store"
            return response
    context = {"form": form, "back_url": reverse("staff_api:tokens")}
    return responses.form_page(request, "api/token_form.html", context)


@require_POST
@staff_only("console.use")
def revoke(request: Request, pk: int) -> HttpResponse:
    """End a token at once."""
    found: ApiToken = get_object_or_404(queries.visible_to(request.user), pk=pk)
    tokens.revoke(token=found, act=Act.now(request.user))
    return responses.go(request, reverse("staff_api:tokens"), _("The token is dead."))
