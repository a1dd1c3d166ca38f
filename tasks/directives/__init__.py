"""The register 交办事项: its list and what became of each entry."""
