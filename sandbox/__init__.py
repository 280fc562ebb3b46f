"""The whole outside world on one machine: local cloud, provider simulators, demo. Never shipped."""
