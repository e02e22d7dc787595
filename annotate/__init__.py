"""What a mark on an image means: typed marks, geometry, volumes, the marked picture. No Qt, no database, no network."""
