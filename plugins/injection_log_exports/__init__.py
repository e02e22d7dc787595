"""What leaves the program: the table (CSV) and the sheet (PDF). Given values already allowed, returns bytes.

Deliberately reads no store, writes no file, and knows no other plugin.
"""
