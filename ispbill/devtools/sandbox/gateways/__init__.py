"""Payment gateways on the loopback that speak the real protocols: SSLCommerz v4, bKash, Nagad."""
