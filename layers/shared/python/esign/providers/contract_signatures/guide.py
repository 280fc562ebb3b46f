"""What an administrator reads about Contract Signatures' settings and credentials."""

from __future__ import annotations

from esign.providers.contract_signatures.options import ContractSignaturesSettings
from esign.providers.guide import Guide

GUIDE = Guide(
    model=ContractSignaturesSettings,
    settings={
        "hostApp": "Where the app is installed, and so where its PDFs are fetched.",
        "siteUrl": "The Atlassian site, or https://api.atlassian.com/ex/<app>/<cloud id> for scoped tokens.",
        "baseUrl": "The app's Web API.",
        "keyValidUntil": "When the Web API key ends; two weeks before, a person is told.",
        "templateId": 'Page or issue of documents whose template is "default".',
        "templates": "Further names for pages or issues that contracts are made from.",
        "watchers": "Whether packages may name people who are only told.",
        "ccNotificationKinds": "What people in copy are told of.",
        "endedContracts": "What becomes there of a contract that has ended, when Coupa deletes its package.",
        "appendSignatureMacro": "Whether signature fields are appended where the template has none.",
        "receivesCompletedContract": "Whether signers are sent the completed contract.",
    },
    credentials={
        "apiKey": "A Web API key of the app, with all five privileges.",
        "atlassianEmail": "The address of an Atlassian account that can read the contracts' pages or issues.",
        "atlassianToken": "That account's API token.",
    },
    examples={"contract-signatures": {"hostApp": "confluence", "siteUrl": "https://example.atlassian.net"}},
)
