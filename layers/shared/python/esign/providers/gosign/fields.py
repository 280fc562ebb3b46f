"""Every parameter and returned field of the vendor's document (seeds/004), and what it is in this connector. A table.

A test compares it with the document's own lists, so a field cannot be forgotten, nor one invented. What a `where` names
is checked too: options, settings and credentials must exist.
"""

from __future__ import annotations

from esign.providers.uses import Uses, credential, neutral, option, ours, setting, unused

_HOLDS = ours("a container of the fields below")
_ID = ours("package.id")
_DOCUMENT_ID = ours("document.id")
_DERIVED = unused("repeats what `status` says")
_KEPT_THERE = unused("of GoSign's own keeping; says nothing about signing")
_COUNTED = unused("the people's own states are read; these counts say less")
_ROLE = ours("recipient.role, of people whom a policy named")
_ANSWERED = unused("as it was inserted")

_CLASS: Uses = {
    "docClass": option("documentClass"),
    "fields": option("documentClass"),
    "dateValue": option("documentClass"),
    "numericValue": option("documentClass"),
    "textValue": option("documentClass"),
}
_MESSAGE: Uses = {"commonMessage": _HOLDS, "text": neutral("package.message.text")}
_COPY: Uses = {
    "email": neutral("recipient.email"),
    "name": neutral("recipient.first_name"),
    "surname": neutral("recipient.last_name"),
}
_TASK: Uses = {
    "tasks": _HOLDS,
    "type": ours("people work, or GoSign mails"),
    "order": neutral("recipient.signing_order"),
    "actorExpr": neutral("recipient.email, recipient.group"),
    "action": ours("WORK, or SEND_MAIL with option sendMail"),
    "howMany": option("recipients.howMany"),
    "actionDefs": _HOLDS,
    "confString": option("signAllVisible", "signAllVisible"),
}
_TASK_WITH_CERTIFICATE: Uses = _TASK | {
    "certType": option("certType", "certType"),
    "sendMailMessage": option("sendMail"),
}
_PART: Uses = {
    "documents": _HOLDS,
    "bytes": neutral("the document's bytes"),
    "externalId": _DOCUMENT_ID,
    "mimeType": neutral("document.content_type"),
    "title": option("documents.title"),
    "originalFname": neutral("document.name"),
    "uri": unused("the bytes always come along"),
}
_OFFICE: Uses = {
    "ooxmlSignStrategy": option("documents.ooxmlSignStrategy"),
    "privateDoc": option("documents.private"),
}
_MAIL: Uses = {
    "sendMailMessage": option("sendMail"),
    "subject": option("sendMail"),
    "bodyMail": option("sendMail"),
    "sendMailRecipientList": option("sendMail"),
    "userExternalId": option("sendMail"),
    "email": option("sendMail"),
    "typeRecipient": option("sendMail"),
}
_ACTION: Uses = {
    "docExternalId": neutral("recipient.fields[].document"),
    "type": neutral("recipient.role, recipient.fields[].type"),
    "mandatory": option("recipients.actions"),
    "confString": option("recipients.actions", "customSignatureText"),
    "appearance": _HOLDS,
    "blankSignatureFieldName": neutral("recipient.fields[].form_field"),
    "page": neutral("recipient.fields[].rectangle.page"),
    "llx": neutral("recipient.fields[].rectangle.x"),
    "lly": neutral("recipient.fields[].rectangle.y"),
    "urx": neutral("recipient.fields[].rectangle.x + width"),
    "ury": neutral("recipient.fields[].rectangle.y + height"),
    "startTagPattern": neutral("recipient.fields[].anchor.text"),
    "endTagPattern": option("recipients.actions"),
}
_NESTED: Uses = {
    "actionDefs": _HOLDS,
    "coordAppearance": _HOLDS,
    "compassAppearance": option("recipients.actions"),
    "position": option("recipients.actions"),
    "tagAppearance": _HOLDS,
    "cornerType": option("recipients.actions"),
    "xoffset": neutral("recipient.fields[].anchor.dx"),
    "yoffset": neutral("recipient.fields[].anchor.dy"),
}
_HIDDEN = unused("an invisible mark is said by the compass position INVISIBLE, or visibilityStatus H")
_USER: Uses = {
    "newUsers": setting("createUsers"),
    "username": neutral("recipient.email"),
    "name": neutral("recipient.first_name"),
    "surname": neutral("recipient.last_name"),
    "phoneNumber": neutral("recipient.phone"),
    "email": neutral("recipient.email"),
    "externalId": option("recipients.userExternalId"),
    "newUserStrategy": option("newUserStrategy", "newUserStrategy"),
}
_USER_OF_OAUTH: Uses = _USER | {
    "roles": option("userRole", "userRole"),
    "company": option("recipients.company"),
    "organizationUnit": option("recipients.organizationUnit"),
    "fiscalCode": option("recipients.fiscalCode"),
    "title": option("recipients.title"),
    "enabled": option("recipients.enabled"),
}
_REST_ENVELOPE: Uses = {
    "subject": neutral("package.name"),
    "starred": option("starred"),
    "externalId": _ID,
    "sendingMode": ours("always immediate: a draft can be started in GoSign's pages only (§5.1)"),
    "expireAt": neutral("package.expires_at"),
    "note": option("note"),
    "corporateUseType": option("useType", "useType"),
    "trustLevelCode": option("trustLevel", "trustLevel"),
    "sysGenerator": option("sysGenerator", "sysGenerator"),
    "documents": _HOLDS,
    "code": option("policy"),
    "revision": option("policy"),
    "tasks": _HOLDS,
    "newUsers": setting("createUsers"),
}

_SHOWN: Uses = {
    "externalId": _ID,
    "status": ours("snapshot.status"),
    "previousStatus": ours("snapshot.status of an archived envelope"),
    "completedAt": ours("snapshot.status of an archived envelope"),
    "expireAt": ours("snapshot.expires_at"),
    "process": _HOLDS,
    "documents": _HOLDS,
    "notes": ours("recipient.decline_reason"),
    "trustLevelCode": ours("recipient.signed_with"),
}
_NOT_READ: Uses = (
    dict.fromkeys(
        ("subject", "starred", "loadedByExtId", "tag", "note", "corporateUseType", "sendingMode", "commonMessage",
         "messages", "usersInCC", "expirationFirstReminder", "expirationFollowingReminder", "sysGenerator",
         "trustLevelId", "expireAtTimezoneID"),
        _ANSWERED,
    )
    | dict.fromkeys(
        ("sst", "temp", "deleted", "stored", "draft", "inProgress", "cancel", "toReject", "rejected", "worked",
         "expired", "sendingModeImmediate", "sendingModeDraft", "availableToWork", "template", "loadedByUnknown"),
        _DERIVED,
    )
    | dict.fromkeys(
        ("code", "createdAt", "notifiedStatus", "notifiedAt", "loadingMethod", "type", "nDocs", "nPages", "size",
         "hoursToExpiration", "sendFirstReminder", "storedAt", "deletedAt", "delayDays", "cSostId", "cSostState",
         "lastCSostChange", "dmsState", "lastDmsChange", "tplMinsBeforeExpiration", "costCenterId", "custEnveId",
         "evaluateFellowshipBefore", "hasThirdPartyTasks", "hasProcessInstance", "excludedForDms", "excludedForCSost",
         "waitingForCSost", "actualEnveId", "hasProcessDef", "externalNotifInProgress", "scheduledToSendToDms",
         "scheduledToSendToCSost", "daysToExpiration", "maxSizeEnabled", "npages", "ndocs", "sentToDms",
         "externalNotifDisabled", "loadedMethonKnown", "storedInCSost"),
        _KEPT_THERE,
    )
    | {"actionsResume": unused("each person's own counts are read")}
    | {"details": unused("liveStatus says the same of each person")}
)  # fmt: skip

_SHOWN_DOCUMENT: Uses = {
    "externalId": ours("signed_file.document"),
    "bytes": ours("the signed file"),
    "title": ours("signed_file.name"),
    "mimeType": ours("signed_file.content_type"),
    "originalFname": ours("signed_file.name"),
    "docType": ours("signed_file.kind"),
} | dict.fromkeys(
    ("size", "exported", "exportedAt", "encrypted", "createdAt", "docStatus", "nPages", "delayDays", "loadingMethod",
     "originalMimeType", "originalDocSize", "converted", "srvVer", "tblVer", "cSostId", "docOrder", "template",
     "cloudService", "ooxmlSignStrategy"),
    _KEPT_THERE,
)  # fmt: skip

_COUNTERS = dict.fromkeys(
    ("actions", "signActions", "signedActions", "approveActions", "approvedActions", "viewActions", "viewedActions",
     "initialsActions", "initialedActions", "graphometricActions", "filledGraphometricActions"),
    _ROLE,
) | dict.fromkeys(
    ("batchSignedActions", "confirmedActions", "registerActions", "registeredActions", "filledFreeTextActions",
     "freeTextActions"),
    _COUNTED,
)  # fmt: skip

_PROCESS: Uses = {
    "status": ours("recipient.status"),
    "liveStatus": _HOLDS,
    "mgrExternalId": ours("whose state it is"),
    "mgrName": ours("recipient.acted_by"),
    "mgrSurname": ours("recipient.acted_by"),
    "startedAt": ours("recipient.status"),
    "endedAt": ours("recipient.signed_at"),
    "stepNumber": ours("whose state it is, of several with one id"),
    "actionsResume": _HOLDS,
    "mgrAdDomain": unused("a person is known by their id"),
    "assignedTo": unused("a sentence for people; the names are read"),
} | dict.fromkeys(
    ("startedByUserExtId", "ended", "finishedAt", "steps", "stepNum", "howMany", "first", "open", "closed",
     "cancelled", "endedStepsCount", "timeElapsedInHour"),
    _DERIVED,
)  # fmt: skip

FIELDS: dict[str, Uses] = {
    "REST v1 InsertEnvelope": _REST_ENVELOPE
    | _CLASS
    | _MESSAGE
    | {
        "customerCode": credential("customerCode"),
        "externalSystemCode": setting("externalSystemCode"),
        "addUsersInCC": neutral("recipients with role CC"),
        "envelope": _HOLDS,
        "loadedByExtId": setting("loadedByExtId"),
        "tag": option("tag"),
        "expirationFirstReminder": neutral("package.reminders.first_after_days"),
        "expirationFollowingReminder": neutral("package.reminders.every_days"),
        "id": option("documentClass"),
        "name": option("documentClass"),
        "procDef": _HOLDS,
    },
    "REST v1 tasks": {"task" if name == "tasks" else name: use for name, use in _TASK_WITH_CERTIFICATE.items()},
    "REST v1 documents": _PART | _OFFICE,
    "REST v1 sendMailMessage": _MAIL,
    "REST v1 actionDef": _ACTION | _NESTED | {"tagPattern": unused("deprecated in favour of startTagPattern")},
    "REST v1 newUsers": _USER | {"userAuthorities": option("userRole", "userRole")},
    "REST v1 userAuthorities": {
        "userAuthorities": _HOLDS,
        "username": neutral("recipient.email"),
        "authority": option("userRole", "userRole"),
    },
    "REST v1 GetEnvelope": {
        "customerCode": credential("customerCode"),
        "externalSystemCode": setting("externalSystemCode"),
        "enveExtId": _ID,
        "withDocBytes": ours("true for signed files only"),
    },
    "REST v1 GetEnvelope answer": _SHOWN | _NOT_READ,
    "REST v1 GetEnvelope answer documents": _SHOWN_DOCUMENT,
    "REST v1 GetEnvelope answer actionsResume": _COUNTERS,
    "REST v1 GetEnvelope answer process": _PROCESS,
    "REST v1 GetEnvelope answer detail": dict.fromkeys(
        (
            "status",
            "action",
            "workedAt",
            "synchedAt",
            "statusWorked",
            "statusCC",
            "statusToConfirm",
            "toWork",
            "statusNew",
            "statusDeleted",
        ),
        unused("liveStatus says the same of each person"),
    ),
    "REST v1 GetEnvelope answer message": dict.fromkeys(
        ("subject", "text", "allEnveUsers", "user", "extId", "textCleaned", "commonMessage"), _ANSWERED
    ),
    "REST v1 DeleteEnvelope": {
        "customerCode": credential("customerCode"),
        "usrExtId": setting("deletedByExtId"),
    },
    "SOAP insertEnvelope": {
        "customerCode": credential("customerCode"),
        "AddUsersInCC": neutral("recipients with role CC"),
        "envelope": _HOLDS,
    },
    "SOAP AddUsersInCC": _COPY
    | {
        "AddUsersInCC": _HOLDS,
        "externalId": option("recipients.userExternalId"),
        "addUsersInCCStrategy": option("copyRule", "copyRule"),
    },
    "SOAP envelope": _REST_ENVELOPE
    | _MESSAGE
    | {
        "envelope": _HOLDS,
        "joinDocuments": option("joinDocuments"),
        "docClass": option("documentClass"),
        "processDef": _HOLDS,
    },
    "SOAP docClass": _CLASS
    | {"id": option("documentClass"), "name": option("documentClass"), "documentFiled": option("documentClass")},
    "SOAP tasks": _TASK_WITH_CERTIFICATE | {"taskDef": _HOLDS},
    "SOAP documents": _PART
    | _OFFICE
    | {"document": _HOLDS}
    | dict.fromkeys(
        ("protocols", "protocol", "code", "createdAt", "registry", "protocolRegistry"), option("documents.protocols")
    ),
    "SOAP sendMailMessage": _MAIL
    | {"sendMailRecipient": option("sendMail")}
    | dict.fromkeys(
        ("sendMailDocumentList", "sendMailDocument", "externalDocId"), unused("all documents are sent (§6.3)")
    ),
    "SOAP actionDefs": _ACTION
    | {
        "actionDef": _HOLDS,
        "invisible": _HIDDEN,
        "compassPage": option("recipients.actions"),
        "compassPosition": option("recipients.actions"),
        "tagCornerType": option("recipients.actions"),
        "tagXOffset": neutral("recipient.fields[].anchor.dx"),
        "tagYOffset": neutral("recipient.fields[].anchor.dy"),
    },
    "SOAP newUsers": _USER
    | {
        "insertUser": _HOLDS,
        "emailLanguage": neutral("recipient.language"),
        "userAuthorities": option("userRole", "userRole"),
        "fiscalCode": option("recipients.fiscalCode"),
    },
    "SOAP eraseDocuments": {
        "customerCode": credential("customerCode"),
        "documentToErase": ours("`esign gosign erase`"),
        "enveExtId": _ID,
        "docExtId": _DOCUMENT_ID,
        "docFilename": ours("`esign gosign erase`"),
    },
    "SOAP deleteEnvelopes": {
        "customerCode": credential("customerCode"),
        "envelopesToDelete": _HOLDS,
        "idPair": _HOLDS,
        "extId": _ID,
    },
    "OAuth2 token": {
        "grant_type": ours("password"),
        "username": credential("username"),
        "password": credential("password"),
        "scope": setting("tokenScope"),
        "client_id": credential("clientId"),
        "client_secret": credential("clientSecret"),
    },
    "OAuth2 InsertEnvelope": _COPY
    | _CLASS
    | _MESSAGE
    | {
        "usersInCC": neutral("recipients with role CC"),
        "externalId": _ID,
        "responseWithEnvelope": ours("false: the outcome is enough"),
        "envelope": _HOLDS,
        "subject": neutral("package.name"),
        "starred": option("starred"),
        "sendingMode": ours("always immediate: a draft can be started in GoSign's pages only (§9.2)"),
        "UseType": option("useType", "useType"),
        "trustLevel": option("trustLevel", "trustLevel"),
        "sysGenerator": option("sysGenerator", "sysGenerator"),
        "userMessages": neutral("recipient.message"),
        "userExtId": neutral("recipient.email"),
        "documents": _HOLDS,
        "procDef": _HOLDS,
        "tasks": _HOLDS,
        "newUsers": setting("createUsers"),
    },
    "OAuth2 tasks": _TASK,
    "OAuth2 documents": _PART,
    "OAuth2 actionDef": _ACTION | _NESTED | {"invisible": _HIDDEN},
    "OAuth2 newUsers": _USER_OF_OAUTH,
    "OAuth2 mails": {
        "receiveInvitationMailToSign": neutral("recipient.delivery"),
        "receiveCompletedEnvelopeMail": option("receiveCompletedEnvelopeMail", "receiveCompletedEnvelopeMail"),
    },
    "OAuth2 getUrl": {
        "command": ours("sign"),
        "envelopeExtId": _ID,
        "extUserId": neutral("recipient.email"),
        "extRedirect": neutral("recipient.redirect_url"),
        "disableNavBar": unused("how the page is shown is the caller's; a link is opened by itself"),
        "inIFrame": unused("Coupa opens the link, not in a frame"),
    },
    "GoSign 5 tasks": _TASK | {"signatureType": option("signatureType", "signatureType")},
    "GoSign 5 newUsers": _USER_OF_OAUTH
    | {
        "emailLanguage": neutral("recipient.language"),
        "adDomain": option("recipients.adDomain"),
        "timezone": option("recipients.timezone"),
        "countryCode": option("recipients.countryCode"),
        "serialType": option("recipients.serialType"),
    },
}
