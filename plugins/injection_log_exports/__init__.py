"""What leaves the program: sheets and tables. Gets values already allowed for the reader's role, returns bytes."""
