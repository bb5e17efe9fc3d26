from network.interstellio.models.link import InterstellioLink, InterstellioRun
from network.interstellio.models.settings import InterstellioSettings

__all__ = ["InterstellioLink", "InterstellioRun", "InterstellioSettings"]
