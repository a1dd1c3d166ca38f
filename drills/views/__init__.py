"""Pages of drills: parse, authorise, call, render."""
