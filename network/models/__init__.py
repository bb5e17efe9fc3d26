from network.models.access import Access, Leftover, RouterLog
from network.models.protocol_note import ProtocolNote
from network.models.router import Router

__all__ = ["Access", "Leftover", "ProtocolNote", "Router", "RouterLog"]
