"""The bench: what other methods and ours make of the same instances (``make bench``)."""
