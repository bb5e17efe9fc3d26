from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "ispbill.inbox"
    label = "inbox"

    def ready(self) -> None:
        """Let what somebody should know of wait in the inbox with all else."""
        sources = import_module("ispbill.inbox.queries.sources")
        sources.register(import_module("ispbill.inbox.views.notices").NOTICES)
