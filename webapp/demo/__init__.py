"""Invented people and places, and the problem that the demonstration shows."""
