"""Every parameter and returned field of the vendor's page (seeds/001), and what it is in this connector. A table.

A test compares it with the page's own list, so a field of the page cannot be forgotten, nor one invented. What a
`where` names is checked too: options and settings must exist in options.py.
"""

from __future__ import annotations

from esign.providers.uses import Uses, credential, neutral, option, ours, setting, unused

_PACKAGE_ID = ours("package.provider.reference[0]")
_DOCUMENT_ID = ours("id of the signed file to fetch")

_FIELD: Uses = {
    "PageNumber": neutral("recipient.fields[].rectangle.page"),
    "Width": neutral("recipient.fields[].rectangle.width"),
    "Height": neutral("recipient.fields[].rectangle.height"),
    "Left": neutral("recipient.fields[].rectangle.x"),
    "Top": neutral("recipient.fields[].rectangle.y"),
    "MarkerOrFieldId": neutral("recipient.fields[].anchor.text or formField.name"),
}

_DOCUMENT: Uses = {
    "Document": neutral("document.content"),
    "DocumentLanguage": option("documents.language", "defaultLanguage"),
    "DocumentName": neutral("document.name"),
    "ExternalDocumentReference": ours("document.id"),
    "Representation": option("documents.representation"),
    "RepresentationType": ours("application/pdf with a representation: the only value there is"),
    "TargetType": option("targetType", "targetType"),
}

_ENVELOPE: Uses = {
    "Initiator": setting("initiator"),
    "CallBackUrl": ours("the package's callback address"),
    "CorrelationId": option("correlationId", "correlateByExternalId"),
    "DocumentGroupCode": option("documentGroupCode", "documentGroupCode"),
    "ThemeCode": option("themeCode", "themeCode"),
    "DownloadUnsignedFiles": option("downloadUnsignedFiles", "downloadUnsignedFiles"),
    "ReassignEnabled": option("reassignEnabled", "reassignEnabled"),
    "ActionUrlExpirationPeriodInDays": option("actionUrlExpirationPeriodInDays", "actionUrlExpirationPeriodInDays"),
    "ExpiryTimestamp": neutral("package.expiresAt"),
    "ExternalPackageReference": ours("package.id"),
    "ExternalPackageData": option("externalPackageData"),
    "F2FRedirectUrl": option("f2fRedirectUrl", "f2fRedirectUrl"),
    "NotificationCallBackUrl": ours("the package's callback address + /notification"),
}

_PERSON: Uses = {
    "EmailAddress": neutral("recipient.email"),
    "FirstName": neutral("recipient.firstName"),
    "LastName": neutral("recipient.lastName"),
    "Language": neutral("recipient.language"),
    "BirthDate": option("recipients.birthDate"),
    "ExternalStakeholderReference": ours("recipient.id"),
}

_ACTOR: Uses = {
    "Type": neutral("recipient.role"),
    "OrderIndex": neutral("recipient.signingOrder"),
    "SigningType": option("signingType", "signingType"),
    "CommitmentTypes": option("commitmentTypes", "commitmentTypes"),
    "MandatedSignerValidation": option("mandatedSignerValidation", "mandatedSignerValidation"),
    "MandatedSignerIds": option("mandatedSignerIds", "mandatedSignerIds"),
    "SignaturePolicyId": option("signaturePolicyId", "signaturePolicyId"),
    "Phonenumber": neutral("recipient.phone"),
    "SendNotifications": option("sendNotifications", "sendNotifications"),
    "UserRoles": option("userRoles", "userRoles"),
    "LegalNoticeCode": option("legalNoticeCode", "legalNoticeCode"),
}

_LOCATION: Uses = {
    "Locations": ours("the fields' location ids, for Set Process Information"),
    "Locations.Id": ours("the field's location id"),
    "Locations.Label": ours("the field's label: recipient id and number"),
    "Locations.PageNumber": unused("the page was chosen by us; only the id is needed"),
}

_CREATED: Uses = {
    "PackageId": _PACKAGE_ID,
    "CreationTimestamp": unused("package.createdAt and sentAt are our own clock's"),
}

_PROOF: Uses = {"Content": neutral("signed file of kind AUDIT_TRAIL, kept as it is")}

_STATUS_ROOT = "Stakeholders.Actors"

# (section of the page, "in" for its parameters and "out" for what it returns) -> field -> use
FIELDS: dict[tuple[str, str], Uses] = {
    ("Creating a connection", "in"): {
        "Connective eSignatures environment url": setting("host"),
        "API username": credential("username"),
        "API password": credential("password"),
    },
    ("Add document to package", "in"): {"PackageId": _PACKAGE_ID}
    | _DOCUMENT
    | _FIELD
    | {
        "CorrelationId": option("documents.correlationId"),
        "DocumentType": neutral("document.contentType"),
        "ErrorCode": option("pdfErrorHandling", "pdfErrorHandling"),  # the page shows PdfErrorHandling's wrong type
        "Message": unused("a defect of the page: part of the error object that it shows for PdfErrorHandling"),
    },
    ("Add document to package", "out"): {
        "DocumentId": _DOCUMENT_ID,
        "CreationTimestamp": unused("the document's own times are our clock's"),
    }
    | _LOCATION,
    ("Add Proof from External Source", "in"): {
        "packageId": _PACKAGE_ID,
        "Content": ours("argument of `esign connective proof`"),
        "LocationId": ours("argument of `esign connective proof`"),
        "Name": ours("argument of `esign connective proof`"),
        "Type": ours("argument of `esign connective proof`"),
        "Description": ours("argument of `esign connective proof`"),
        "IpAddress": ours("argument of `esign connective proof`"),
    },
    ("Create Instant Package", "in"): _DOCUMENT
    | _FIELD
    | _ACTOR
    | _PERSON
    | _ENVELOPE
    | {
        "RedirectUrl": neutral("recipient.redirectUrl"),
        "LegalNoticeText": option("legalNoticeText", "legalNoticeText"),
        "PdfErrorHandling": option("pdfErrorHandling", "pdfErrorHandling"),
        "SigningTemplateCode": ours("argument of `esign connective instant`"),
    },
    ("Create Instant Package", "out"): _CREATED,
    ("Create Package", "in"): {
        "Content-Type": ours("application/json"),
        "PackageName": neutral("package.name"),
    }
    | _ENVELOPE,
    ("Create Package", "out"): _CREATED,
    ("Delete Package", "in"): {"id": _PACKAGE_ID},
    ("Document Correlation Audit Proof Download", "in"): {"correlationId": option("documents.correlationId")},
    ("Document Correlation Audit Proof Download", "out"): _PROOF,
    ("Download Document from Package", "in"): {"id": _PACKAGE_ID, "documentId": _DOCUMENT_ID},
    ("Download Document from Package", "out"): {"binary": neutral("signed file of kind SIGNED_DOCUMENT")},
    ("Download Package", "in"): {"id": _PACKAGE_ID},
    ("Download Package", "out"): {"binary": ours("all files at once, zip or PDF, told by its bytes")},
    ("Expiry Time Stamp", "in"): {"id": _PACKAGE_ID, "ExpiryTimestamp": neutral("package.expiresAt")},
    ("Get Package Status", "in"): {"Id": _PACKAGE_ID},
    ("Get Signing Locations", "in"): {"Id": _PACKAGE_ID},
    ("Get Signing Locations", "out"): {
        "Documents": ours("what an interrupted submission has left"),
        "Documents.DocumentId": _DOCUMENT_ID,
        "Documents.ExternalDocumentReference": ours("document.id"),
    }
    | {f"Documents.{name}": use for name, use in _LOCATION.items()},
    ("Package Audit Proof", "in"): {"packageId": _PACKAGE_ID},
    ("Package Audit Proof", "out"): _PROOF,
    ("Package Audit Proof with document ID", "in"): {"packageId": _PACKAGE_ID, "documentId": _DOCUMENT_ID},
    ("Package Audit Proof with document ID", "out"): _PROOF,
    ("Package Correlation Audit Proof Download", "in"): {"correlationId": option("correlationId")},
    ("Package Correlation Audit Proof Download", "out"): _PROOF,
    ("Package List", "in"): {
        "ContinuationToken": neutral("cursor"),
        "MaxQuantity": neutral("limit"),
        "SortField": unused("its values are not documented; the default order is used"),
        "SortOrder": ours("DESC to find the last finished package, else the default"),
        "CreatedBeforeDate": unused("nothing asks for an upper bound"),
        "Status": ours("Finished, to find out whether audit proofs are made"),
        "createdAfterDate": ours("package.createdAt less an hour, to find a lost reply"),
    },
    ("Package List", "out"): {
        "ContinuationToken": neutral("cursor"),
        "MaxQuantity": unused("repeats the question"),
        "Total": unused("nothing needs the count"),
        "Items": neutral("the list's lines"),
    },
    ("Send Package Reminders", "in"): {"PackageId": _PACKAGE_ID},
    ("Set Package Status", "in"): {"Id": _PACKAGE_ID, "Status": ours("Pending to send, Revoked to withdraw")},
    ("Set Process Information", "in"): {"id": _PACKAGE_ID}
    | _ACTOR
    | _PERSON
    | {
        "LocationIds": ours("the recipient's location ids"),
        "RedirectURL": neutral("recipient.redirectUrl"),
        "LegalNoticetext": option("legalNoticeText", "legalNoticeText"),
    },
    ("Skip Signers", "in"): {"PackageId": _PACKAGE_ID},
    ("Package", "out"): {
        "Id": _PACKAGE_ID,
        "PackageStatus": neutral("package.status"),
        "ExternalPackageReference": ours("package.id"),
    },
    ("PackageDocument", "out"): {
        "DocumentId": _DOCUMENT_ID,
        "ExternalDocumentReference": ours("document.id"),
        "DocumentName": neutral("signed file's name"),
        "DocumentType": neutral("signed file's contentType"),
    },
    ("PackageStatus", "out"): {
        "PackageName": unused("the name is ours"),
        "CreationTimestamp": unused("package.createdAt and sentAt are our own clock's"),
        "Initiator": unused("repeats the account's setting"),
        "ExpiryTimestamp": neutral("package.expiresAt"),
        "ExternalPackageReference": ours("package.id"),
        "F2FSigningUrl": option("faceToFace"),
        "PackageStatus": neutral("package.status and package.provider.status"),
        "PackageDocuments": neutral("signed files"),
        "Stakeholders": neutral("package.recipients"),
        "Stakeholders.Type": unused("told by the recipient's own group"),
        "Stakeholders.PersonGroupName": unused("repeats recipient.group.name"),
        "Stakeholders.ContactGroupCode": unused("repeats recipient.group.name"),
        "Stakeholders.EmailAddress": neutral("recipient.actedBy, where a step was reassigned"),
        "Stakeholders.ExternalStakeholderReference": ours("recipient.id"),
        "Stakeholders.StakeholderId": unused("recipients are found again by our own reference"),
        _STATUS_ROOT: neutral("package.recipients"),
        f"{_STATUS_ROOT}.ActorId": unused("recipients are found again by our own reference"),
        f"{_STATUS_ROOT}.ActionUrl": neutral("getSigningUrl"),
        f"{_STATUS_ROOT}.ActionUrls": neutral("getSigningUrl, one per member of a group"),
        f"{_STATUS_ROOT}.ActionUrls.EmailAddress": unused("the links of a group are given in Connective's order"),
        f"{_STATUS_ROOT}.ActionUrls.Url": neutral("getSigningUrl"),
        f"{_STATUS_ROOT}.ActorStatus": neutral("recipient.status"),
        f"{_STATUS_ROOT}.Type": neutral("recipient.role: an approver's Finished is APPROVED"),
        f"{_STATUS_ROOT}.CompletedBy": neutral("recipient.actedBy, where it is somebody else"),
        f"{_STATUS_ROOT}.CompletedTimestamp": neutral("recipient.signedAt"),
        f"{_STATUS_ROOT}.Reason": neutral("recipient.declineReason and package.statusReason"),
        f"{_STATUS_ROOT}.Locations": neutral("recipient.signedWith"),
        f"{_STATUS_ROOT}.Locations.Id": unused("the fields' places are our own"),
        f"{_STATUS_ROOT}.Locations.UsedSigningType": neutral("recipient.signedWith"),
    },
    ("Content", "out"): {
        name: unused("the audit proof is kept as signed XML, byte for byte; nothing inside it moves a state")
        for name in (
            "uploads",
            "uploads.upload",
            "uploads.upload.start",
            "uploads.upload.end",
            "uploads.upload.signatures",
            "uploads.upload.signatures.proofs",
            "uploads.upload.signatures.proofs.proof.name",
            "uploads.upload.signatures.proofs.proof.type",
            "uploads.upload.signatures.proofs.proof.index",
            "uploads.upload.signatures.proofs.proof.ipAddress",
            "uploads.upload.signatures.locationId",
            "uploads.indexes",
            "uploads.indexes.index.identifier",
            "uploads.indexes.index.content",
            "uploads.packageCorrelationId",
            "uploads.packageId",
        )
    },
}
