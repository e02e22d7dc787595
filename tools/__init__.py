"""Small programs the Makefile calls. Not shipped in the wheel; the program itself never imports them.

Those that run before `.venv` exists (display, system_packages, demo) use the standard library only.
"""
