"""A guest in napari: a reader for ultrasound, the practice clip, and a widget that measures in millimetres.

It stands by itself: no record, no PACS and nothing of our own window is loaded here, and nothing is kept.
"""
