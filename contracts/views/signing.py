"""The steps of signing, for the link and for the portal alike."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from contracts.forms.signing import CodeForm, HandForm
from contracts.models import Contract
from contracts.services import signing
from contracts.services.signing import Origin
from ispbill.accounts import responses
from ispbill.accounts.http import client_ip
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@dataclass(frozen=True)
class Place:
    """Where somebody signs: the page, where it leads when done, what device it counts as."""

    template: str
    done_url: str
    paper_url: str
    device: str
    language: str = ""
    """In which the signer agrees where it is not the page's: it is another person's device."""

    @property
    def is_own_device(self) -> bool:
        """Tell whether who signs is who is signed in, or came by the link."""
        return not self.language


def steps(request: HttpRequest, contract: Contract, place: Place) -> HttpResponse:
    """Read and sign, confirm by code, or decline: one address, told apart by `step`."""
    step = request.POST.get("step", "")
    act = Act.now(request.user if request.user.is_authenticated else None)
    if step == "decline" and place.is_own_device:
        with rls.as_house():
            signing.decline(contract=contract, act=act)
        return HttpResponseRedirect(place.done_url)
    if step == "code":
        return _confirm(request, contract, place, act)
    is_company = contract.customer.kind != "RESIDENTIAL"
    form = HandForm(
        request.POST if step == "hand" else None, is_company=is_company, language=place.language
    )
    if step == "hand" and form.is_valid():
        try:
            with rls.as_house():
                signing.ask_code(
                    contract=contract, hand=form.hand(), ip=client_ip(request), act=act
                )
        except signing.TooManyCodes as error:
            form.add_error(None, str(error))
            return _shown(request, contract, place, {"form": form}, status=429)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _shown(request, contract, place, {"code_form": CodeForm()})
    return _shown(request, contract, place, {"form": form}, status=422 if form.errors else 200)


def _confirm(request: HttpRequest, contract: Contract, place: Place, act: Any) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        origin = Origin(place.device, client_ip(request), request.headers.get("User-Agent", ""))
        with responses.refusals_in(form, "code"):
            with rls.as_house():
                signing.confirm(
                    contract=contract, code=form.cleaned_data["code"], origin=origin, act=act
                )
            return HttpResponseRedirect(place.done_url)
    return _shown(request, contract, place, {"code_form": form}, status=422)


def _shown(
    request: HttpRequest, contract: Contract, place: Place, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "contract": contract,
        "customer": contract.customer,
        "can_decline": place.is_own_device,
        "paper_url": place.paper_url,
        "phone": signing.masked(contract.customer.phone),
        "sent_words": _("We have sent a code to %(phone)s. It is good for ten minutes.")
        % {"phone": signing.masked(contract.customer.phone)},
        **more,
    }
    return private(render(request, place.template, context, status=status))


def private(response: HttpResponse) -> HttpResponse:
    """Let nobody keep or index a page behind a link."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
