"""GoSign (InfoCert): REST v1, OAuth2 v2, GoSign 5, SOAP, LegalBus REST proxy. Its words live here and nowhere else."""
