-- Keeps fieldservice_stockmove: moves are written once.
-- Test: tests/fieldservice/stock/test_stock.py
SELECT ispbill_append_only('fieldservice_stockmove');
