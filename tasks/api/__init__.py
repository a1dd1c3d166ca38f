"""Plans, items, tasks and progress reports on the programming interface."""
