"""Markup that is made once in a process: `{% kept %}`, and what of a page may not be kept."""

import secrets

from django import template
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString

from ispbill.core import templating


class KeptNode(template.Node):
    """Markup that is made once in this process for each language and each set of values.

    A visitor's token of a form and the page's own address (`{% here %}`) are not kept: words of
    this process hold their places.
    """

    most = 1_000_000  # characters
    form_token = secrets.token_hex(16)
    own_address = secrets.token_hex(16)

    def __init__(self, nodelist: template.NodeList, values: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.made: dict[tuple[object, ...], SafeString] = {}
        self.size = 0

    def render(self, context: Context) -> SafeString:
        """Return what was made before, or make it."""
        key = (translation.get_language(), *[str(value.resolve(context)) for value in self.values])
        made = self.made.get(key)
        if made is None:
            with context.push(csrf_token=self.form_token, kept_here=SafeString(self.own_address)):
                made = templating.narrow(self.nodelist.render(context))
            self.size += len(made)
            if self.size > self.most:
                self.made.clear()
                self.size = len(made)
            self.made[key] = made
        if self.form_token in made:
            made = SafeString(made.replace(self.form_token, str(context.get("csrf_token", ""))))
        if self.own_address in made:
            made = SafeString(made.replace(self.own_address, here(context)))
        return made


def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep what lies up to `{% endkept %}`; it may depend on nothing but language and values.

    `{% kept shell.theme %}…{% endkept %}`. Whatever else the markup shows must be among the values
    (`{% csrf_token %}` and `{% here %}` need not). No nonce belongs in it, nor a block that
    another template fills.
    """
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)


def here(context: Context) -> SafeString:
    """Return the address of this page with its query, for a form that leads back to it."""
    blank: SafeString | None = context.get("kept_here")
    if blank is not None:
        return blank
    request = context.get("request")
    return escape(request.get_full_path()) if request is not None else SafeString("")
