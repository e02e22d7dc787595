"""The window: the only code that imports napari or Qt."""
