"""Choosing a new password with a link that was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import public
from ispbill.accounts.forms.sign_in import NewPassword
from ispbill.accounts.services import links, passwords
from ispbill.accounts.views.sign_in import door_of
from ispbill.core.acts import Act


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    user = links.owner(uid=uid, token=token)
    if user is None:
        dead = {"title": _("This link is used or too old")}
        return render(request, "accounts/link_dead.html", dead, status=410)
    form = NewPassword(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form, "password"):
            passwords.change(user=user, password=form.cleaned_data["password"], act=Act.now(user))
            return redirect(door_of(user).name)
    context = {"title": _("Choose a new password"), "form": form, "user_name": user.name}
    return responses.form_page(request, "accounts/link.html", context)
