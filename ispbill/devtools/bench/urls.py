"""The product's addresses and one more: the least a signed-in page can do."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from ispbill.accounts.access import signed_in

ONE_QUERY = "/bench/one-query/"


@signed_in
def one_query(request: HttpRequest) -> HttpResponse:
    """Answer with one number from the database: session, user and a query, no template."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_branch")
        return HttpResponse(str(cursor.fetchone()[0]))


urlpatterns = [path(ONE_QUERY.strip("/") + "/", one_query), path("", include("ispbill.urls"))]
