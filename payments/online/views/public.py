"""The receipt anybody may see who holds its link: no name, no phone, no balance."""

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from billing.receivables.queries import receipts
from ispbill.accounts.access import public
from ispbill.accounts.http import LANGUAGE_COOKIE, client_ip
from ispbill.core import formats, receipt_links
from ispbill.core.cache import UNREACHABLE

MOST_PER_MINUTE = 30


@public
@never_cache
@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Show the receipt a signed link names; 404 for any other word, 429 for too many tries."""
    if _asks_too_often(client_ip(request)):
        return render(request, "payments/online/public/too_often.html", status=429)
    payment = receipts.by_token(token)
    if payment is None:
        raise Http404
    language = request.COOKIES.get(LANGUAGE_COOKIE) or payment.customer.language
    context = {
        "receipt": receipts.receipt(payment),
        "payment": payment,
        "words": formats.amount_in_words(payment.amount, payment.currency, language),
        "token": token,
        "public_url": receipt_links.url(str(payment.receipt_number)),
    }
    with translation.override(language):
        response = render(request, "payments/online/public/receipt.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _asks_too_often(ip: str) -> bool:
    """Count this address's receipts of the minute (a cache that is away counts nothing)."""
    key = f"receipt:{ip}"
    try:
        return not cache.add(key, 1, 60) and int(cache.incr(key)) > MOST_PER_MINUTE
    except (*UNREACHABLE, ValueError):  # ValueError: the minute ended between the two
        return False
