"""How far readers agree, how far repeats lie apart, and how much a gland has changed.

Pure: values in, frozen values and drawings out; no files, no database, no Qt. Deliberately without any grouping of
participants: the arm of a trial has no place in these values, and nothing here takes one.
"""
