"""The use-cases of drills, one function each."""
