"""The protocol file: what one trial asks at each visit, and within which limits. Holds no participant and no value."""
