"""/hooks/netcash/: what NetCash posts when a mandate was signed or declined."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ispbill.accounts.access import gateway_only
from ispbill.core import clock
from payments.debits.services import settings, signature


@csrf_exempt
@gateway_only
@require_POST
def mandate(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep a postback as a hint; the secret in the address is all that speaks for its sender.

    NetCash signs nothing, so nothing is believed: the mandate list is asked instead. Always 200,
    whatever it says.
    """
    if not settings.is_postback_secret(secret):
        raise Http404
    said = {name: str(value) for name, value in request.POST.items()}
    signature.hint(said=said, at=clock.now())
    return HttpResponse("OK", content_type="text/plain")
