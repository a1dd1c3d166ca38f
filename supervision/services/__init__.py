"""Use-cases that change letters. Views, jobs and commands all call these."""
