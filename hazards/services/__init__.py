"""Use-cases that change hazards. Views, jobs and commands all call these."""
