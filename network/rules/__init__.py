"""Pure rules of the network: no Django, no clock, no database."""
