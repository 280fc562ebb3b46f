"""What an administrator reads about GoSign's settings and credentials."""

from __future__ import annotations

from esign.providers.gosign.settings import GosignSettings
from esign.providers.guide import Guide

_BY_REST = {"loadedByExtId": "secretary-1", "externalSystemCode": "COUPA"}
_NARROW = {"companion": True, **_BY_REST}

GUIDE = Guide(
    model=GosignSettings,
    settings={
        "integration": "Which of GoSign's doors sends.",
        "baseUrl": "Scheme and host of the customer's GoSign.",
        "companion": "REST v1 reads beside another door: people's states and the report need it.",
        "loadedByExtId": "External id of the secretariat's user who loads envelopes. REST v1, SOAP and LegalBus need it.",
        "externalSystemCode": "The code that InfoCert has given to Coupa's system. REST v1 needs it.",
        "deletedByExtId": "External id of the user who deletes; else loadedByExtId.",
        "notifications.authentication": "How GoSign proves itself when it calls; its secrets are credentials.",
        "notifications.header": "Of the API key, where that is how.",
        "trustLevel": "GoSign's default is INTERNAL_PDF.",
        "signatureType": "GoSign's default is SIMPLE.",
        "certType": "R remote, I internal, T token.",
        "useType": "Whose documents these are.",
        "sysGenerator": "Which system made the documents.",
        "createUsers": "Unknown people come along as new users.",
        "newUserStrategy": "What becomes of people who are known under other names.",
        "userRole": "Of new users; STRANGER where nothing is said.",
        "copyRule": "How people in copy are found: by address, or as corporate users.",
        "signAllVisible": "Whether everybody sees all documents.",
        "signatureVisible": "Whether signatures show on the page.",
        "customSignatureText": "What stands in a signature; #nnss# is the signer's name.",
        "customSignatureTextL1": "What the first line of a signature shows.",
        "customSignatureTextL2": "What the second line of a signature shows.",
        "receiveCompletedEnvelopeMail": "OAuth2 doors: signers are sent the completed envelope.",
        "requiredIdentification": "OAuth2 doors: signers identify themselves first.",
        "anchorsAsTags": "GoSign looks for anchors' texts itself.",
        "tagSeparators": "The customer's own separators of tags.",
        "actionInTCF": "Put actions into the envelope's process; the customer takes responsibility.",
        "clientAuthentication": "OAuth2 doors: how client id and secret are sent for a token.",
        "tokenScope": "OAuth2 doors: the scope of a token, where one is needed.",
        "identityProvider.tokenUrl": "OAuth2 doors: tokens come from here instead of GoSign, for a machine's identity.",
        "identityProvider.clientAuthentication": "How its client id and secret are sent.",
        "identityProvider.scope": "What the token endpoint is asked for.",
        "identityProvider.audience": "The same, where it wants an audience.",
        "identityProvider.issuer": "Who signs the JWT that comes with notifications.",
        "identityProvider.tenantId": "That JWT's tenant, at Entra ID.",
        "identityProvider.notificationAudience": "That JWT's audience; else audience.",
        "identityProvider.authorizedParty": "That JWT's azp: the application that GoSign calls as.",
        "wsdl": "SOAP: the customer's own signBookWS.wsdl, compressed by gzip, in base64.",
        "readOperation": "SOAP: the operation of that file that answers an envelope.",
        "legalbusUrl": "LegalBus: its address up to and without /envelopes; else baseUrl and restPath.",
        "restPath": "Only where InfoCert says so.",
        "oauthPath": "Only where InfoCert says so.",
        "gosign5Path": "Only where InfoCert says so.",
        "tokenPath": "Only where InfoCert says so.",
        "getUrlPath": "Only where InfoCert says so.",
        "soapPath": "Only where InfoCert says so.",
    },
    credentials={
        "customerCode": "The customer's code, by which REST v1, SOAP and LegalBus know it.",
        "username": "The GoSign user in whose name envelopes are made.",
        "password": "That user's password.",
        "clientId": "The client that InfoCert has registered.",
        "clientSecret": "That client's secret.",
        "idpClientId": "The application registered at the customer's identity provider.",
        "idpClientSecret": "That application's secret.",
        "notificationUsername": "The user name that GoSign's calls to us carry.",
        "notificationPassword": "That user's password.",
        "notificationApiKey": "The API key that GoSign's calls to us carry.",
    },
    examples={
        "gosign-rest": {"integration": "rest", **_BY_REST},
        "gosign-oauth": {"integration": "oauth"},
        "gosign-oauth-companion": {"integration": "oauth", **_NARROW},
        "gosign5": {"integration": "gosign5"},
        "gosign-idp": {
            "integration": "oauth",
            "identityProvider": {
                "tokenUrl": "https://login.example.com/tenant/oauth2/v2.0/token",
                "scope": "api://gosign/.default",
            },
        },
        "gosign-soap": {"integration": "soap", **_NARROW},
        "gosign-legalbus": {"integration": "legalbus", **_NARROW},
    },
)
