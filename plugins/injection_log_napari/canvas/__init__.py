"""The canvas: one interface, two picture hosts (napari and plain Qt), one painter of marks.

Nothing in here knows what a caliper, a gland or a record is.
"""
