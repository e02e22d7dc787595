"""A small PACS of our own for practice and quick tests, on this machine only."""
