"""/portal/tokens/: a customer's own tokens for programs; they open the dashboard's part alone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only, freshly_proven
from ispbill.accounts.http import Request
from ispbill.api.forms.tokens import TokenForm
from ispbill.api.models import ApiToken
from ispbill.api.queries import tokens as queries
from ispbill.api.services import tokens
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST = 5


@customer_only
@freshly_proven
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponse:
    """List the own tokens, and make another one: its word is shown once."""
    form = TokenForm(request.POST or None, offered=tokens.offered(request.user))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            with rls.as_house():
                _check_count(request)
                _token, word = tokens.issue(
                    name=given["name"],
                    scopes=given["scopes"],
                    days=given["days"],
                    act=Act.now(request.user),
                )
            return _page(request, TokenForm(offered=tokens.offered(request.user)), word=word)
    return _page(request, form, status=422 if form.errors else 200)


@customer_only
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """End a token at once."""
    with rls.as_house():
        found: ApiToken = get_object_or_404(queries.visible_to(request.user), pk=pk)
        tokens.revoke(token=found, act=Act.now(request.user))
    messages.success(request, _("The token is dead."))
    return redirect("portal_api:tokens")


def _check_count(request: Request) -> None:
    living = queries.visible_to(request.user).filter(
        revoked_at=None, expires_at__gt=clock.real_now()
    )
    if living.count() >= MOST:
        raise DomainError(_("You have five tokens. End one first."))


def _page(request: Request, form: TokenForm, *, word: str = "", status: int = 200) -> HttpResponse:
    with rls.as_house():
        mine = list(queries.visible_to(request.user).filter(revoked_at=None))
    context = {
        "customer": own_account.of(request),
        "tokens": mine,
        "real_at": clock.real_now(),
        "form": form,
        "word": word,
    }
    response = render(request, "api/portal_tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
