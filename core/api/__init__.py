"""The programming interface's framework: problems, ETags, idempotency, paging, filters. No business nouns."""
