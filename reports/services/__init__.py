"""Use-cases of reports."""
