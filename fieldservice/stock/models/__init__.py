from fieldservice.stock.models.count import StockCount
from fieldservice.stock.models.item import SerialUnit, StockItem
from fieldservice.stock.models.move import StockBalance, StockMove
from fieldservice.stock.models.place import StockPlace
from fieldservice.stock.models.transfer import StockTransfer

__all__ = [
    "SerialUnit",
    "StockBalance",
    "StockCount",
    "StockItem",
    "StockMove",
    "StockPlace",
    "StockTransfer",
]
