-- Keeps network_usagecounter: its rows are updated at each poll, in place.
ALTER TABLE network_usagecounter SET (fillfactor = 50);
