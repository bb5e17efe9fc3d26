from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Word(models.Model):
    """A word that occurs in a customer's name or address, so that a misspelt search finds it.

    A million customers share some ten thousand words: the nearest ones, and those that sound the
    same (`sound_of`, see ADR 40), are looked up here and then sought exactly.
    New customers' words arrive by trigger; a word nobody carries any more does no harm.
    """

    text = models.CharField(max_length=60)
    sound = models.GeneratedField(
        expression=models.Func(models.F("text"), function="sound_of"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="word_once", fields=["text"])]
        indexes = [
            GinIndex(name="word_trigrams", fields=["text"], opclasses=["gin_trgm_ops"]),
            models.Index(name="word_sound", fields=["sound"]),
        ]

    def __str__(self) -> str:
        return self.text
