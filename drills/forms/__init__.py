"""Forms of the drill pages. They read what was typed; the rules are in the services."""
