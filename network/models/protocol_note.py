from django.db import models


class ProtocolNote(models.Model):
    """What a router answered in its first weeks with us, without passwords, names and numbers.

    An answer is a few rows of a menu, kept as a sample; a field or a state is one that no recorded
    router had (`network.rules.known_answers`). `value` is the state's word, `sample` what it looks
    like.
    """

    class Kind(models.TextChoices):
        ANSWER = "ANSWER"
        FIELD = "FIELD"
        STATE = "STATE"

    router = models.ForeignKey(
        "network.Router", on_delete=models.CASCADE, related_name="protocol_notes"
    )
    kind = models.CharField(max_length=6, choices=Kind.choices)
    menu = models.CharField(max_length=60)
    name = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=120, blank=True)
    sample = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="protocol_note_once", fields=["router", "kind", "menu", "name", "value"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.menu} {self.name} {self.value}".strip()
