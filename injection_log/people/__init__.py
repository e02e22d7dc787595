"""Who may do what, how they prove who they are, and how they sign. No window, no database driver."""
