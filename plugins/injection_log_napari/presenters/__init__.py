"""Presenters: what is shown, enabled, missing and said, as frozen values. No Qt, no napari in here."""
