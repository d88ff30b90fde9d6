"""Plans of large problems: prices first, then one region after the other by linear programs."""
