"""What `make bench` measures: each figure against a peer or a floor, timed in the same run, written as a ratio.

One module for each group of figures, each with `figures(work) -> list[Figure]`; `measuring` times, `report` writes
docs/benchmarks.md. Deliberately no seconds in the report: they say more about the machine than about the program.
"""
