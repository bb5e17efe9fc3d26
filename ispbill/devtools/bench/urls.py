"""The product's addresses and one more: the least a signed-in page can do."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from ispbill.accounts.access import signed_in
from ispbill.core import statements

ONE_QUERY = "/bench/one-query/"


@signed_in
def one_query(request: HttpRequest) -> HttpResponse:
    """Answer with one number from the database: session, user and a query, no template."""
    return HttpResponse(str(statements.first("SELECT count(*) FROM accounts_branch")[0]))


urlpatterns = [path(ONE_QUERY.strip("/") + "/", one_query), path("", include("ispbill.urls"))]
