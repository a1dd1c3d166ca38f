"""Use-cases that change plans and tasks. Views, commands, jobs and imports all call these."""
