"""Connective eSignatures (Nitro Sign Premium): API v3, v3.1 and v4. Its words live here and nowhere else."""
