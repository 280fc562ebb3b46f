"""The deployed system, described once. The local cloud runs this description; nothing else describes it."""
