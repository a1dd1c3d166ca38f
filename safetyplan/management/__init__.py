"""Management of an installation: starting, supervising, first accounts."""
