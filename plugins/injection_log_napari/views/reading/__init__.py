"""Pages of the blinded reader's window. They show what `presenters/reading` holds; none knows a site's record."""
