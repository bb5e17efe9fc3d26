"""Where there are no simulators, their pages are not there: to no method, for nobody."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from ispbill.devtools.simulators import urls
from tests.factories.accounts import UserFactory

NAMES = [
    (pattern.name, dict.fromkeys(pattern.pattern.converters, "x")) for pattern in urls.urlpatterns
]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put"])
@pytest.mark.parametrize(("name", "arguments"), NAMES)
def test_the_pages_of_simulators_do_not_exist_in_production(
    client, settings, name, arguments, method
):
    settings.SIMULATORS = False
    client.force_login(UserFactory(role="OWNER"))

    answer = getattr(client, method)(reverse(f"sim:{name}", kwargs=arguments))

    assert answer.status_code == HTTPStatus.NOT_FOUND
