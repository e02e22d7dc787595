"""`python -m injection_log` is `injection-log`."""
from injection_log.cli import main

main()
