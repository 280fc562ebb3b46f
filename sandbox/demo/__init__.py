"""The main job, end to end, as Coupa would do it over HTTP: `make demo`."""
