"""The JSON conversation of `static/js/passkey.js`: challenge out, signed answer in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ispbill.accounts.access import freshly_proven, public, signed_in
from ispbill.accounts.http import Request
from ispbill.accounts.services import passkeys
from ispbill.accounts.services.sign_in import WrongCredentials
from ispbill.accounts.views import entry
from ispbill.core import clock
from ispbill.core.models import Company

_CHALLENGE = "passkey_challenge"


@public
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    ceremony = passkeys.signing_in(site=_site(request))
    return _remember(request, ceremony)


@public
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey: device and fingerprint or PIN are two factors at once."""
    challenge = request.session.pop(_CHALLENGE, "")
    try:
        answer = passkeys.parsed(request.body)
        user = passkeys.sign_in(
            credential=answer["credential"],
            challenge=challenge,
            site=_site(request),
            at=clock.now(),
        )
    except WrongCredentials as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    response = entry.enter(
        request, user, how="passkey", wanted=str(answer.get("next", "")), second_factor="passkey"
    )
    return JsonResponse({"url": response["Location"]})


@signed_in
@freshly_proven
@require_POST
def new_options(request: Request) -> HttpResponse:
    return _remember(request, passkeys.adding(user=request.user, site=_site(request)))


@signed_in
@freshly_proven
@require_POST
def add(request: Request) -> HttpResponse:
    challenge = request.session.pop(_CHALLENGE, "")
    try:
        answer = passkeys.parsed(request.body)
        passkeys.add(
            user=request.user,
            name=str(answer.get("name", "")),
            credential=answer["credential"],
            challenge=challenge,
            site=_site(request),
            at=clock.now(),
        )
    except WrongCredentials as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"url": reverse("accounts:second-factor")})


@signed_in
@freshly_proven
@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    passkeys.remove(key=get_object_or_404(request.user.passkeys, pk=pk), at=clock.now())
    return redirect("accounts:second-factor")


def _remember(request: HttpRequest, ceremony: passkeys.Ceremony) -> HttpResponse:
    request.session[_CHALLENGE] = ceremony.challenge
    return HttpResponse(ceremony.options, content_type="application/json")


def _site(request: HttpRequest) -> passkeys.Site:
    address = f"{request.scheme}://{request.get_host()}"
    if settings.PRODUCTION:
        address = settings.PUBLIC_URL
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    return passkeys.Site(host=parts.hostname or "", origin=origin, name=Company.current().name)
