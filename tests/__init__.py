"""Tests, a package for each app, so that modules of the same name do not collide with each other or with an app."""
