"""What an administrator reads about eSignTools' settings and credentials."""

from __future__ import annotations

from esign.providers.esigntools.options import EsignToolsSettings
from esign.providers.guide import Guide

GUIDE = Guide(
    model=EsignToolsSettings,
    settings={
        "environment": "eSignTools' test or production service.",
        "baseUrl": "Instead of environment: another address of the service, up to and with /api.",
        "reminderDelay": "Minutes between reminders, for packages without reminders of their own.",
        "textTemplateName": "The text template of invitations, by its name at eSignTools.",
        "defaultFieldWidth": "In points, of fields that text tags stand for.",
        "defaultFieldHeight": "In points, of fields that text tags stand for.",
        "canRenew": "Sent as it is; what it allows signers is not documented.",
    },
    credentials={
        "username": "The API user's name.",
        "password": "The API user's password.",
    },
    examples={"esigntools": {"environment": "production"}},
)
