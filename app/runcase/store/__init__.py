"""MLflow stores: what lies where in which version. Knows SQL and no Qt."""
