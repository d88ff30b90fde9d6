"""Assigns participants to groups: a pure package of integers and opaque ids. See README.md."""
