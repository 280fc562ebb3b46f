"""The one table of what is wrong or missing in the vendor's Swagger file, each with its reason.

A row replaces (or adds) the value at a JSON pointer. Used by contract.py before any request is validated.
"""

from __future__ import annotations

from typing import Any, NamedTuple

TEXT: dict[str, Any] = {"type": "string"}
LANGUAGES = {"enum": ["en", "nl", "de", "fr", "es", "da", "fi", "lv", "nb", "pl", "sv"]}
NOTICES = {"enum": ["LEGALNOTICE1", "LEGALNOTICE2", "LEGALNOTICE3"]}
REDIRECTS = {"enum": ["AfterSession", "AfterCompletion", "AfterDelay", "Immediately"]}
STAKEHOLDER_TYPES = {"enum": ["Person", "PersonGroup", "ContactGroup"]}
ACTOR_TYPES = {"enum": ["Signer", "Receiver", "Approver"]}
PDF_ERRORS = {"enum": ["Ignore", "DetectWarn", "DetectFail", "DetectFixWarn", "DetectFixFail"]}
TARGETS = {"enum": ["Pdf", "PdfA1A", "PdfA2A"]}
VALIDATIONS = {"enum": ["Disabled", "MatchId", "NameAndBirthDate"]}
PERSONS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "EmailAddress": TEXT,
            "FirstName": TEXT,
            "LastName": TEXT,
            "Language": LANGUAGES,
            "BirthDate": {"type": "string", "format": "date"},
        },
        "required": ["EmailAddress", "FirstName", "LastName"],
    },
}
PHONE = {"type": "string", "pattern": r"^\+\d+$"}
POSITIVE = {"type": "string", "pattern": r"^\d+(\.\d+)?$"}


class Correction(NamedTuple):
    pointer: str
    value: Any
    reason: str


FIELD = "/definitions/SigningField/properties"
SIGNING_TYPE = "/definitions/SigningType/properties"
CREATE = "/paths/~1packages/post/parameters/1/schema"
ADD = "/paths/~1packages~1{PackageId}~1documents/post/parameters/1/schema"
INSTANT = "/paths/~1packages~1instant/post/parameters/0/schema"
INSTANT_STAKEHOLDER, INSTANT_ACTOR = "/definitions/Stakeholder", "/definitions/Request.Actor"
PROCESS = "/paths/~1packages~1{id}~1process/put/parameters/1/schema"
STAKEHOLDER = f"{PROCESS}/properties/Stakeholders/items"
ACTOR = f"{STAKEHOLDER}/properties/Actors/items"
STATUS = "/paths/~1packages~1{Id}~1status/put/parameters/1/schema"
EXPIRY = "/paths/~1packages~1{id}~1expirytimestamp/put/parameters/1/schema"
PROOF = "/paths/~1packages~1{packageId}~1auditproof~1proofs/post/parameters/1/schema"
EITHER_FIELD = [
    {"required": ["MarkerOrFieldId"], "properties": {"PageNumber": False, "Left": False, "Top": False}},
    {"required": ["PageNumber", "Width", "Height", "Left", "Top"], "properties": {"MarkerOrFieldId": False}},
]


def _people(stakeholder: str, actor: str) -> tuple[Correction, ...]:
    """What /process and /instant lack alike."""
    groups = "group stakeholders: in the status answer and NC3, not in the request schema"
    return (
        Correction(f"{stakeholder}/properties/Type", STAKEHOLDER_TYPES, groups),
        Correction(f"{stakeholder}/properties/PersonGroupName", TEXT, groups),
        Correction(f"{stakeholder}/properties/Persons", PERSONS, groups),
        Correction(f"{stakeholder}/properties/ContactGroupCode", TEXT, groups),
        Correction(f"{stakeholder}/properties/Language", LANGUAGES, "description names 5 languages; NC3 has 6 more"),
        Correction(f"{stakeholder}/properties/BirthDate/format", "date", "description: YYYY-MM-DD"),
        Correction(f"{stakeholder}/required", ["Actors"], "a stakeholder without a step is nobody [I]"),
        Correction(f"{stakeholder}/properties/Actors/minItems", 1, "as above"),
        Correction(f"{actor}/properties/Type", ACTOR_TYPES, "Approver exists in 5.5 and NC3"),
        Correction(
            f"{actor}/properties/OrderIndex",
            {"type": ["integer", "string"], "pattern": r"^\d+$"},
            "string in the /process schema, integer in /instant and in both examples",
        ),
        Correction(f"{actor}/properties/Phonenumber", PHONE, "example +32477123456: international, no spaces"),
        Correction(f"{actor}/properties/PhoneNumber", PHONE, "the /process example spells it so"),
        Correction(f"{actor}/properties/RedirectType", REDIRECTS, "in NC3, missing in the schema"),
        Correction(f"{actor}/properties/LegalNoticeCode", NOTICES, "the enum that stood on UserRoles"),
        Correction(f"{actor}/required", ["Type"], "nothing says what a step without a type would be [I]"),
    )


CORRECTIONS: tuple[Correction, ...] = (
    Correction(f"{FIELD}/Label", TEXT, "in the example and NC3, missing in the schema"),
    Correction(f"{FIELD}/PageNumber", {"type": "integer", "not": {"const": 0}}, "negative allowed, 0 not"),
    *(Correction(f"{FIELD}/{side}", POSITIVE, "points as strings") for side in ("Width", "Height", "Left", "Top")),
    Correction("/definitions/SigningField/oneOf", EITHER_FIELD, "a place or a marker, never both or neither"),
    Correction(f"{SIGNING_TYPE}/MandatedSignerValidation", VALIDATIONS, "NC3"),
    Correction(f"{SIGNING_TYPE}/MatchLevel", TEXT, "needed by NameAndBirthDate (NC3), missing in the schema"),
    Correction("/definitions/SigningType/required", ["SigningType"], "the object is about it"),
    Correction(f"{CREATE}/required", ["Initiator", "PackageName"], "required according to NC3; Swagger has no list"),
    Correction(f"{CREATE}/properties/ExpiryTimestamp/format", "date-time", "ISO 8601"),
    Correction(f"{ADD}/required", ["DocumentName", "DocumentLanguage"], "NC3; Document too unless multipart"),
    Correction(f"{ADD}/properties/PdfErrorHandling", PDF_ERRORS, "typed as an array of error objects; a string enum"),
    Correction(f"{ADD}/properties/DocumentLanguage", {"enum": LANGUAGES["enum"][:5]}, "five languages (instant)"),
    Correction(f"{ADD}/properties/DocumentType", {"enum": ["application/pdf", "application/xml"]}, "NC3"),
    Correction(f"{ADD}/properties/TargetType", TARGETS, "NC3"),
    Correction(f"{ADD}/properties/RepresentationType", {"const": "application/pdf"}, "said of instant; only this one"),
    Correction(f"{ADD}/properties/SigningFields/maxItems", 30, "DOC55a: at most 30 signing fields per document"),
    Correction(f"{INSTANT}/required", ["Initiator", "DocumentName", "DocumentLanguage", "Stakeholders"], "as Create"),
    Correction(f"{INSTANT}/properties/PdfErrorHandling", PDF_ERRORS, "values as in Add Document"),
    Correction(f"{INSTANT}/properties/TargetType", TARGETS, "values as in Add Document"),
    Correction(f"{INSTANT}/properties/RepresentationType", {"const": "application/pdf"}, "the field's description"),
    Correction(
        f"{INSTANT}/properties/DocumentType",
        {"enum": ["application/pdf", "application/xml"]},
        "Representation is for XML documents only, so the type must be sayable",
    ),
    Correction(
        f"{INSTANT}/properties/ExpiryTimestamp",
        {"type": "string", "format": "date-time"},
        "description copied from ExternalPackageReference",
    ),
    Correction(f"{STATUS}/required", ["Status"], "the call has no other purpose"),
    Correction(f"{STATUS}/properties/Status", {"enum": ["Pending", "Revoked"]}, "the field's description"),
    Correction(f"{EXPIRY}/required", ["ExpiryTimestamp"], "the call has no other purpose"),
    Correction(f"{PROCESS}/required", ["Stakeholders"], "the call has no other purpose"),
    Correction(f"{PROOF}/required", ["Content", "LocationId", "Name", "Type"], "a proof without them says nothing [I]"),
    Correction(f"{ACTOR}/properties/RedirectUrl", TEXT, "schema says RedirectURL, example and NC3 RedirectUrl"),
    Correction(f"{ACTOR}/properties/UserRoles/items", TEXT, "the LEGALNOTICE enum stands here; example: Lawyer"),
    Correction(f"{ACTOR}/properties/LegalNoticeText", TEXT, "schema of /process says LegalNoticetext"),
    *_people(STAKEHOLDER, ACTOR),
    *_people(INSTANT_STAKEHOLDER, INSTANT_ACTOR),
)

# Defects in answers and examples: they need no correction here but explain what the simulator sends.
NOTED = (
    "status example: one stakeholder's Actors is an object, an ActorStatus is 'asd': an array and a real status here",
    "instant: the request's example is an answer; it has UserSigningType where the field is UsedSigningType",
    "instant answer schema: only PackageId and CreationTimestamp; the whole status object is sent",
    "status answer: null in fields typed string (ExpiryTimestamp, ActionUrl, Reason, CompletedBy ...)",
    "list: defaults '\"ASC\"', '{{$timestamp}}', '{{eSigner - FutureDate}}' are a test tool's leftovers",
    "list: the example is one item, not the list; createdAfterDate starts with a small letter",
    "audit proof: index and identifier are typed boolean; they are sent as numbers that refer to each other",
    "audit proof: packageId is nested in the items of uploads; it is an attribute of the root",
    "audit proof: GETs declare that they consume application/xml",
    "expirytimestamp declares no 404; an unknown package is answered with 404 all the same [I]",
    "reminders: an unknown package is a 400 [F]",
)
