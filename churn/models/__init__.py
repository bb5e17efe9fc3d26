from churn.models.retention import ChurnEpisode, ChurnSettings, ChurnWording, RetentionTask
from churn.models.score import ChurnModel, ChurnObservation, ChurnScore

__all__ = [
    "ChurnEpisode",
    "ChurnModel",
    "ChurnObservation",
    "ChurnScore",
    "ChurnSettings",
    "ChurnWording",
    "RetentionTask",
]
