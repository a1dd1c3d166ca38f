"""Forms of plans and tasks: they parse and check shape; rules live in services."""
