"""What is deployed together: the data that must outlive everything, and the connector that may be replaced."""
