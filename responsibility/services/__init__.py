"""Use-cases that change units, the people who act for them, and the keyword rules."""
