"""Pages of units, people, keyword rules and the audit trail."""
