"""What an administrator reads about Connective's settings and credentials."""

from __future__ import annotations

from esign.providers.connective.options import ConnectiveSettings
from esign.providers.guide import Guide

_LEAST = {"host": "esignatures.example.com", "initiator": "portal.user@example.com"}

GUIDE = Guide(
    model=ConnectiveSettings,
    settings={
        "host": "The customer's environment. Or say baseUrl.",
        "baseUrl": "Instead of host: scheme, host and port.",
        "apiVersion": "v3, v3.1 (legal notices for each location), or v4 (environments from 6.x on).",
        "initiator": "E-mail address of a registered portal user, in whose name packages are made.",
        "sendNotifications": "Connective mails the signers.",
        "signingType": "How recipients sign for whom Coupa names no way. Connective's default is Manual.",
        "defaultLanguage": "Of packages whose language Connective does not speak, where unsupportedLanguage is default.",
        "unsupportedLanguage": "What becomes of a package in a language that Connective does not speak.",
        "extraLanguages": "What a newer environment speaks besides en, nl, de, fr and es.",
        "auditProofs": "false where the environment makes none; then add the account with --evidence optional.",
        "correlateByExternalId": "Coupa's contract id becomes the CorrelationId, which several packages can share.",
        "remindOnLinkRequest": "v3: a signer who asks for a new link gets a reminder.",
        "orderModel": "v4: whether actors without an order act one after another or all at once.",
        "signingMethods": "v4: the environment's own name for each signing type.",
        "documentGroupCode": "Where packages are filed in the portal.",
        "themeCode": "The look of the signing pages.",
        "redirectUrl": "Where signers land when they are done.",
        "redirectType": "When they are sent there.",
        "f2fRedirectUrl": "The same, after signing face to face.",
        "downloadUnsignedFiles": "Whether signers may download what is not signed yet.",
        "reassignEnabled": "Whether signers may pass their part on.",
        "actionUrlExpirationPeriodInDays": "How long a signing link works.",
        "targetType": "Which kind of PDF is made.",
        "pdfErrorHandling": "What becomes of a PDF with errors.",
        "signaturePolicyId": "The signature policy that commitmentTypes and qualified signatures refer to.",
        "commitmentTypes": "OIDs of what a signature commits to; they need a signature policy.",
        "mandatedSignerValidation": "How the signer's identity is compared with what was expected.",
        "mandatedSignerIds": "The identity numbers that may sign, for MatchId.",
        "matchLevel": "How well names have to match, for NameAndBirthDate.",
        "userRoles": "Roles that signers can sign in.",
        "legalNoticeCode": "A legal notice of the environment, which signers write or accept.",
        "legalNoticeText": "A legal notice in your own words.",
    },
    credentials={
        "username": "The API user's name.",
        "password": "The API user's password.",
    },
    examples={"connective": _LEAST, "connective-v4": {"apiVersion": "v4", **_LEAST}},
)
