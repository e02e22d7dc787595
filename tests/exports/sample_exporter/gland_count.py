"""A sample output of somebody else's package: how many gland records are in which state."""
from __future__ import annotations

from collections import Counter

from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.trial_content import TrialContent


class GlandCount:
    """Output `gland_count`: one line for each state."""

    kind = "gland_count"
    title = "How many gland records are in which state (text)"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """One text file; OutputImpossible for content that is not of the trial."""
        if not isinstance(content, TrialContent):
            raise OutputImpossible("The count needs the content of the whole trial; use `export gland_count`.")
        states = Counter(str(row["state"]) for row in content.tables["glands"].rows)
        text = "".join(f"{state}: {count}\n" for state, count in sorted(states.items()))
        return (OutputFile("gland_count.txt", "text/plain; charset=utf-8", text.encode()),)
