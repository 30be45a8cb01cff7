"""argv in, exit status out: the only wiring, and the only clock."""
