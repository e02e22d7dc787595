"""The record and why it can be trusted. Knows no Qt and no pydicom."""
__version__ = "0.1.0"
