"""/contract/<word>: sign by the link one was sent, or check a paper by the code printed on it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.allocation.rules.masking import masked_name
from contracts.forms.signing import Digits, PaperForm
from contracts.models import Contract
from contracts.queries import contracts
from contracts.services import drafting, links, signing, verifying
from contracts.views.signing import Place, private, steps
from contracts.views.staff import file_of
from ispbill.accounts.access import public
from ispbill.accounts.http import client_ip
from ispbill.accounts.services import throttle
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.scanning import takes_files

CODE_LENGTH = 16
_KNOWN = "contract_known"  # of the session: which links and codes the last digits were given for
_LOOKS = 60  # of a quarter of an hour and one network


@public
@takes_files
@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, word: str) -> HttpResponseBase:
    """Sign, or check; a word of neither kind is not found."""
    try:
        throttle.count_in([(f"contract:{throttle.network(client_ip(request))}", _LOOKS)])
    except throttle.TooManyTries as error:
        return private(HttpResponse(str(error), status=429, content_type="text/plain"))
    if len(word) == CODE_LENGTH:
        return _check(request, word)
    found = contracts.of_word(links.digest(word))
    if found is None:
        raise Http404
    if found.signed_at is not None:
        address = reverse("public_contracts:contract", args=[found.verify_code])
        return private(HttpResponseRedirect(address))
    if not signing.is_open(found, clock.now()):
        return _closed(request, found)
    if not _knows(request, found, word):
        return _digits(request, found, word)
    place = Place(
        template="contracts/public/sign.html",
        done_url=reverse("public_contracts:contract", args=[found.verify_code]),
        paper_url=reverse("public_contracts:paper", args=[word]),
        device="LINK",
    )
    return steps(request, found, place)


@public
@require_safe
def paper(request: HttpRequest, word: str) -> HttpResponseBase:
    """The paper, for whoever has given the last digits."""
    is_code = len(word) == CODE_LENGTH
    found = contracts.of_code(word) if is_code else contracts.of_word(links.digest(word))
    if found is None or not _knows(request, found, word):
        raise Http404
    seal = getattr(found, "seal", None)
    return file_of(found, "signed" if seal is not None and seal.is_ready else "sent")


def _check(request: HttpRequest, code: str) -> HttpResponse:
    found = contracts.of_code(code)
    if found is None:
        raise Http404
    is_upload = request.method == "POST" and "paper" in request.FILES
    is_digits = request.method == "POST" and not is_upload
    form = PaperForm(request.POST, request.FILES) if is_upload else PaperForm()
    digits = Digits(request.POST if is_digits else None)
    verdict = ""
    if is_upload and form.is_valid():
        verdict = verifying.compare(found, form.cleaned_data["paper"]).value
    if is_digits and digits.is_valid() and _given(request, found, digits, code):
        return HttpResponseRedirect(reverse("public_contracts:paper", args=[code]))
    context = {
        "contract": found,
        "name": masked_name(found.customer.name),
        "seal": getattr(found, "seal", None),
        "verdict": verdict,
        "form": form,
        "digits": digits,
        "is_known": _knows(request, found, code),
    }
    status = 422 if form.errors or digits.errors else 200
    return private(render(request, "contracts/public/check.html", context, status=status))


def _closed(request: HttpRequest, found: Contract) -> HttpResponse:
    """A link that is over: a new one goes to the phone of record, and nowhere else."""
    can_ask = found.state == Contract.State.SENT
    is_sent = False
    if request.method == "POST" and can_ask:
        throttle.count_in([(f"contract-link:{found.pk}", 3)], seconds=86_400)
        drafting.send_link(contract=found, act=Act.now(None))
        is_sent = True
    context = {"contract": found, "can_ask": can_ask, "is_sent": is_sent}
    return private(render(request, "contracts/public/closed.html", context))


def _digits(request: HttpRequest, found: Contract, word: str) -> HttpResponse:
    form = Digits(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _given(request, found, form, word):
        return HttpResponseRedirect(request.path)
    context = {"form": form, "contract": found}
    status = 422 if form.errors else 200
    return private(render(request, "contracts/public/digits.html", context, status=status))


def _given(request: HttpRequest, found: Contract, form: Digits, word: str) -> bool:
    """Take the last digits; five wrong ones close the link for good, the check for a day."""
    digits = form.cleaned_data["digits"]
    if found.state == Contract.State.SENT:
        is_right = signing.knows_digits(contract=found, digits=digits, act=Act.now(None))
    else:
        try:
            throttle.count_in([(f"contract-digits:{found.pk}", 5)], seconds=86_400)
        except throttle.TooManyTries as error:
            form.add_error("digits", str(error))
            return False
        is_right = found.customer.phone.endswith(digits)
    if not is_right:
        form.add_error("digits", _("These are not the last digits of the number we know."))
        return False
    request.session[_KNOWN] = [*request.session.get(_KNOWN, [])[-9:], links.digest(word)]
    return True


def _knows(request: HttpRequest, _found: Contract, word: str) -> bool:
    return links.digest(word) in request.session.get(_KNOWN, [])
