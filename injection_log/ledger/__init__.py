"""The form of the log: canonical bytes, chain, tree, checkpoint, event. Pure: no database, no clock, no files."""
