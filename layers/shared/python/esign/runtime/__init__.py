"""Where everything meets: settings, the composition root, the doors of the Lambda functions."""
