"""Contract Signatures for Confluence and Jira (Warsaw Dynamics). Knows nothing of other vendors."""
