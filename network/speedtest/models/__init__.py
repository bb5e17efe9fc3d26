from network.speedtest.models.result import SpeedTest
from network.speedtest.models.settings import SpeedTestSettings

__all__ = ["SpeedTest", "SpeedTestSettings"]
