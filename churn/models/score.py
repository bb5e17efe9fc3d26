from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class ChurnModel(models.Model):
    """A model learnt from the company's own history: numbers in JSON, never a pickle.

    `content` holds coefficients or trees, medians, calibration and cuts; `metrics` what the
    back-test on held-out months said. `fingerprint` is that of the data it was learnt from.
    """

    class State(models.TextChoices):
        CANDIDATE = "CANDIDATE", _("Being tested")
        ACTIVE = "ACTIVE", _("In use")
        RETIRED = "RETIRED", _("Followed by another")
        REFUSED = "REFUSED", _("Not good enough")

    class Algorithm(models.TextChoices):
        LOGISTIC = "LOGISTIC", _("Logistic regression")
        BOOSTING = "BOOSTING", _("Boosted trees")

    trained_at = models.DateTimeField()
    algorithm = models.CharField(max_length=8, choices=Algorithm.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.CANDIDATE)
    why = models.CharField(max_length=240, blank=True)  # it was refused or retired
    fingerprint = models.CharField(max_length=64)
    first_month = models.DateField()  # of the observations it learnt from
    last_month = models.DateField()
    observation_count = models.PositiveIntegerField()
    leaver_count = models.PositiveIntegerField()
    content = models.JSONField()
    metrics = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="churn_model_one_active", fields=["state"], condition=Q(state="ACTIVE")
            ),
            models.UniqueConstraint(name="churn_model_once", fields=["fingerprint", "algorithm"]),
            models.CheckConstraint(
                name="churn_model_refused_says_why", condition=~Q(state="REFUSED") | ~Q(why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.trained_at:%Y-%m-%d}"


class ChurnTrial(models.Model):
    """How the way models are learnt did on invented customers whose causes of leaving are known.

    One row for each way of learning (`fingerprint`); `metrics` and `content` as in a model.
    `noise_auc` is what it reached where everybody had somebody else's label: chance, if all is
    well.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    tried_at = models.DateTimeField()
    customer_count = models.PositiveIntegerField()
    observation_count = models.PositiveIntegerField()
    leaver_count = models.PositiveIntegerField()
    algorithm = models.CharField(max_length=8, choices=ChurnModel.Algorithm.choices)
    why = models.CharField(max_length=240, blank=True)  # such a model would be refused
    content = models.JSONField()
    metrics = models.JSONField()
    noise_auc = models.FloatField()

    def __str__(self) -> str:
        return f"{self.algorithm} {self.tried_at:%Y-%m-%d}"


class ChurnObservation(models.Model):
    """What was known of a customer at 00:00 of the first of a month, and whether they left.

    `vector` in the order of `churn.rules.features.FEATURES`. `has_left` is known ninety days later;
    null until then. `weight` makes up for stayers that were not drawn.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    vector = ArrayField(models.FloatField(null=True))
    has_left = models.BooleanField(null=True)
    is_dropped = models.BooleanField(default=False)  # moved away, died, ended by us: no label
    was_treated = models.BooleanField(default=False)  # an episode with outreach was open
    weight = models.FloatField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="churn_observation_once", fields=["customer", "month"]),
            models.CheckConstraint(name="churn_observation_has_weight", condition=Q(weight__gte=1)),
        ]
        indexes = [models.Index(name="churn_observation_month", fields=["month", "customer"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month}"


class ChurnScore(models.Model):
    """How likely a customer is to leave within the horizon, as of last night; one row a customer.

    `probability` is null where the rules scored (there `points`, 0 to 100, say how bad it looks).
    `reasons`: the strongest first, each `{"group", "code", "times" or "points"}`. `monthly_amount`
    is what is at stake, in the company's currency; the list's order is `at_stake`, both multiplied.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="churn_score"
    )
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()
    model = models.ForeignKey(
        ChurnModel, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    probability = models.FloatField(null=True, blank=True)
    points = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=6, choices=Customer.ChurnRisk.choices)
    level_since = models.DateField()
    reasons = models.JSONField(default=list)
    vector = ArrayField(models.FloatField(null=True))
    monthly_amount = models.DecimalField(max_digits=14, decimal_places=2)
    at_stake = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="churn_probability_is_one",
                condition=Q(probability=None) | Q(probability__gte=0, probability__lte=1),
            ),
            models.CheckConstraint(name="churn_points_are_a_share", condition=Q(points__lte=100)),
        ]
        indexes = [
            models.Index(name="churn_score_worst", fields=["level", "-at_stake", "customer"]),
            models.Index(
                name="churn_score_branch", fields=["branch", "level", "-at_stake", "customer"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.level}"


class ChurnCut(models.Model):
    """From which probability on customers of a branch are high and medium; set on Mondays.

    A cut above 1: nobody is.
    """

    branch = models.OneToOneField("accounts.Branch", on_delete=models.CASCADE, related_name="+")
    set_on = models.DateField()
    model = models.ForeignKey(ChurnModel, on_delete=models.CASCADE, related_name="+")
    high_from = models.FloatField()
    medium_from = models.FloatField()

    def __str__(self) -> str:
        return f"{self.branch_id} {self.set_on}"
