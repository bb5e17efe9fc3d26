"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Django's, without what django-htmx brings along and no page of ours asks for."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "htmx-4*", "htmax-4*", "django_htmx/ext"]
