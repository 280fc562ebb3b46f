"""JSON schemas of v4 requests: contracts/connective.md §A6 and §A1 (lengths), there taken from a live-tested client.

Names marked [I] are inferred from v3 or from answers. Unknown fields are refused, so that a wrong guess shows.
"""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 150}
PERSON_NAME: dict[str, Any] = {"type": "string", "maxLength": 150}
REFERENCE: dict[str, Any] = {"type": "string", "maxLength": 256}
FLAG: dict[str, Any] = {"type": "boolean"}
NUMBER: dict[str, Any] = {"type": "number", "minimum": 0}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
PDF_ERRORS = {"enum": ["Ignore", "DetectWarn", "DetectFail", "DetectFixWarn", "DetectFixFail"]}
TARGET_FORMATS = {"enum": ["pdf", "pdfa1a", "pdfa2a"]}
CONTENT_TYPES: dict[str, Any] = {
    "enum": [
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain",
        "application/xml",
    ]
}


def record(*required: str, **fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(required)}


def several(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


LEGAL_NOTICE = record(Code=TEXT, Text=TEXT)  # [I] v3's LegalNoticeCode and LegalNoticeText
REPRESENTATION = record("Base64data", ContentType=CONTENT_TYPES, Base64data={"type": "string", "minLength": 1})

ELEMENT = record(
    "Type",
    Type={"enum": ["signingfield"]},
    DocumentIndex=WHOLE,  # of the Documents of the same call, from 0 [I]
    DocumentId=TEXT,
    Marker={"type": "string", "pattern": r"^#[a-zA-Z]+(?:\d*\.)?\d+$"},
    FieldId=TEXT,
    Location=record("Page", "Left", "Top", Page={"type": "integer", "not": {"const": 0}}, Left=NUMBER, Top=NUMBER),
    Dimensions=record("Width", "Height", Width=NUMBER, Height=NUMBER),
    SigningMethods=several(TEXT),
    LegalNotice=LEGAL_NOTICE,
    ExternalReference=REFERENCE,  # [I]
)

ACTOR = record(
    "Type",
    Type={"enum": ["formFiller", "approver", "signer", "receiver"]},
    Elements=several(ELEMENT),
    SuppressNotifications=FLAG,
    RedirectUrl=TEXT,  # [I] with the next two: as in v3
    RedirectType=TEXT,
    UserRoles=several(TEXT),
)

MEMBER = record(
    "EmailAddress", EmailAddress=TEXT, FirstName=PERSON_NAME, LastName=PERSON_NAME, Language=TEXT, PhoneNumber=TEXT,
    BirthDate=TEXT,
)  # fmt: skip

STAKEHOLDER = record(
    "Type",
    Type={"enum": ["person", "group", "contactgroup"]},
    **MEMBER["properties"],
    GroupName=TEXT,  # [I] with Members and ContactGroupCode: the names of v3, shortened as v4 does
    Members=several(MEMBER),
    ContactGroupCode=TEXT,
    ExternalReference=REFERENCE,
    Actors=several(ACTOR),
)

DOCUMENT = record(
    "Name",
    "DocumentOptions",
    Name=NAME,
    Language=TEXT,
    IsOptional=FLAG,
    ExternalReference=REFERENCE,
    ProofCorrelationId=TEXT,  # [I] as the package's
    Elements=several(ELEMENT),
    DocumentOptions=record(
        "ContentType",
        "Base64data",
        ContentType=CONTENT_TYPES,
        Base64data={"type": "string", "minLength": 1, "maxLength": 200_000_000},
        TargetType=CONTENT_TYPES,
        PdfOptions=record(TargetFormat=TARGET_FORMATS, PdfErrorHandling=PDF_ERRORS),
    ),
    RepresentationOptions=REPRESENTATION,
)

PACKAGE = record(
    "Initiator",
    "Name",
    Initiator=TEXT,
    Name=NAME,
    Status={"enum": ["Draft", "Pending"]},
    Documents=several(DOCUMENT),
    Stakeholders=several(STAKEHOLDER),
    CallBackUrl=TEXT,
    NotificationCallBackUrl=TEXT,
    ExpiryTimestamp=MOMENT,
    ExternalReference=REFERENCE,
    DocumentGroupCode=TEXT,
    ThemeCode=TEXT,
    DefaultRedirectUrl=TEXT,
    F2fRedirectUrl=TEXT,
    IsUnsignedContentDownloadable=FLAG,
    IsReassignEnabled=FLAG,
    ActionUrlExpirationPeriodInDays=WHOLE,
    ProofCorrelationId=TEXT,
    AddInitiatorAsReceiver=FLAG,
    MustBeArchived=FLAG,
    ArchiveAuditProofs=FLAG,
    ArchiveAuditTrail=FLAG,
    AutomaticReminder=record(
        IsSendAutomaticRemindersEnabled=FLAG, DaysBeforeFirstReminder=WHOLE, IsRepeatRemindersEnabled=FLAG,
        RepeatReminders=WHOLE,
    ),
    ExpirationReminder=record(IsSendExpirationRemindersEnabled=FLAG, DaysBeforeExpirationReminder=WHOLE),
    OtpAuthenticationSetting=record(IsMailOtpAuthenticationEnabled=FLAG, IsSmsOtpAuthenticationEnabled=FLAG),
    DefaultLegalNotice=LEGAL_NOTICE,
    TemplateCode=TEXT,
)  # fmt: skip

SCHEMAS: dict[str, dict[str, Any]] = {
    "CreatePackage": PACKAGE,
    "AddDocumentToPackage": DOCUMENT,
    "AddStakeholder": STAKEHOLDER,
    "AddActor": ACTOR,
    "SetPackageStatus": {"enum": ["Pending", "Revoked"]},  # a bare JSON string
    "ExpiryTimeStamp": record("ExpiryTimestamp", ExpiryTimestamp=MOMENT),  # [I] as in v3
}

# §A6: GET /signingmethods → IsActive, Name, DisplayNames, Descriptions, RequiredProperties. "Manual:Manual" is read in
# a source; the other names are [I], v3's signing types in the same format.
SIGNING_METHODS: dict[str, tuple[str, ...]] = {
    "Manual:Manual": (),
    "SmsOtp:SmsOtp": ("PhoneNumber",),
    "MailOtp:MailOtp": ("EmailAddress",),
    "BeId:BeId": (),
    "Itsme:Itsme": (),
    "Idin:Idin": (),
}
