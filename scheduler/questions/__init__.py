"""What coordinators ask about a problem and a plan: one module a question."""
