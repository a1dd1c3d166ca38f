"""The sections of the quarterly report, in their order: each turns facts into figures, sentences and tables."""
