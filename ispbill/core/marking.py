"""Marking texts for the translators where Django is not known: rules, gateways, parsers."""


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown; translators find it by this name.

    Django's own function of the name needs settings.
    """
    return text
