"""One gland at one visit, read from the ledger's current values. Values only: nothing here writes."""
