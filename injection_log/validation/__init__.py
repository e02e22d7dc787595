"""Installation and operation checks on the user's own machine (IQ, OQ), as one report to sign."""
