"""What keeps the repository honest: generated files, and the checks of `make check` that no linter offers."""
