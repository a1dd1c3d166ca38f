"""Tests, one package for each app, so that test modules of the same name do not collide with each other or with an app."""
