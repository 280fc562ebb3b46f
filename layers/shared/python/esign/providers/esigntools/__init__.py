"""eSignTools (esign-tools.fr), API v1. Its words live here and nowhere else."""
