"""What a request must look like in each dialect: the field tables of §4.1, §5.1, §9.2 and §9.7 as JSON schemas.

Spelling is settled before (spellings.py). Knows no rules between fields (rules.py). `certType` and `docClass.id` are
"mandatory" in the tables and absent in the samples (§4.3.2, §10): optional here; so is the subject of a message (§10).
"""

from __future__ import annotations

import functools
from typing import Any

from jsonschema import Draft202012Validator

from sandbox.providers.gosign import vocabulary as words
from sandbox.providers.gosign.errors import illegal
from sandbox.providers.gosign.settings import TRUST_LEVELS
from sandbox.providers.gosign.vocabulary import Dialect

Schema = dict[str, Any]

NAME: Schema = {"type": "string", "minLength": 1}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
PAGE: Schema = {"type": "integer", "minimum": -3, "not": {"const": 0}}
MILLISECONDS: Schema = {"type": "integer", "minimum": 10**11}  # since 1970: 13 digits in samples, 12 in the tables
NUMERIC: Schema = {"anyOf": [NUMBER, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]}  # §6.5 writes it as text


def one_of(values: Any) -> Schema:  # noqa: ANN401 - any iterable
    return {"enum": list(values)}


def many(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def record(required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    fields = {**required, **optional}
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def check(dialect: Dialect, request: dict[str, Any], *, ignore_unknown: bool = False) -> None:
    """Raises Refusal ILLEGAL_ARGUMENT that names the first field that is wrong."""
    for error in sorted(validator(dialect).iter_errors(request), key=lambda e: [str(p) for p in e.absolute_path]):
        if ignore_unknown and error.validator == "additionalProperties":
            continue
        place = "/".join(str(part) for part in error.absolute_path) or "request"
        raise illegal(f"{place}: {error.message[:200]}")


@functools.cache
def validator(dialect: Dialect) -> Draft202012Validator:
    return Draft202012Validator(_OPENING[dialect](dialect))


def _rest(dialect: Dialect) -> Schema:
    needed: dict[str, Schema] = {"customerCode": NAME, "envelope": _v1_envelope(dialect)}
    if dialect == "rest":
        needed["externalSystemCode"] = NAME
    return record(needed, {"addUsersInCC": many(_copy())})


def _oauth(dialect: Dialect) -> Schema:
    envelope = _oauth_envelope(dialect)
    return record({"envelope": envelope}, {"addUsersInCC": many(_copy()), "responseWithEnvelope": FLAG})


_OPENING = {"rest": _rest, "soap": _rest, "oauth": _oauth, "gs5": _oauth}


def _copy() -> Schema:
    strategy = one_of(["EMAIL_ALWAYS"])  # §6.4: "the only possible value"
    return record(
        {}, {"email": TEXT, "externalId": TEXT, "name": TEXT, "surname": TEXT, "addUsersInCCStrategy": strategy}
    )


def _v1_envelope(dialect: Dialect) -> Schema:
    """§4.1 and §5.1."""
    uses = ("P", "C", "A", "X") if dialect == "soap" else ("P", "C")
    required = {
        "subject": NAME,
        "externalId": NAME,
        "loadedByExtId": NAME,  # the table of §5.1 has it not, each SOAP example does
        "trustLevelCode": one_of(TRUST_LEVELS),
        "documents": many(_document(dialect), 1),
    }
    optional = {
        "starred": FLAG,
        "sendingMode": one_of(words.SENDING_MODES.values()),
        "expireAt": MILLISECONDS,
        "note": TEXT,
        "tag": TEXT,
        "joinDocuments": TEXT,
        "corporateUseType": one_of(uses),
        "sysGenerator": TEXT,
        "commonMessage": _message(),
        "docClass": _doc_class(),
        "procDef": _process(dialect),
    }
    if dialect == "rest":
        optional |= {"expirationFirstReminder": WHOLE, "expirationFollowingReminder": WHOLE}
        optional |= {"sendingModeImmediate": FLAG, "sendingModeDraft": FLAG}  # §4.3.2
    return record(required, optional)


def _oauth_envelope(dialect: Dialect) -> Schema:
    """§9.2; §9.7: a GoSign 5 envelope has no trust level (whether one is punished is for the rules)."""
    required = {"subject": NAME, "externalId": NAME, "documents": many(_document(dialect), 1)}
    trust = {"trustLevel": one_of(TRUST_LEVELS)}
    optional = {
        "starred": FLAG,
        "sendingMode": one_of(words.SENDING_MODES),
        "useType": one_of(words.USE_TYPES),
        "sysGenerator": TEXT,
        "commonMessage": _message(),
        "docClass": _doc_class(),
        "procDef": _process(dialect),
        "loadedByExtId": NAME,  # revision 04: optional
        "confString": TEXT,  # §9.2, the sample
        "joinDocuments": TEXT,
        "expireAt": MILLISECONDS,  # absent from the table, sent by public clients
        "expirationFirstReminder": WHOLE,
    }
    return record(required | trust, optional) if dialect == "oauth" else record(required, optional | trust)


def _document(dialect: Dialect) -> Schema:
    required = dict.fromkeys(("title", "mimeType", "originalFname", "externalId"), NAME)
    optional: dict[str, Schema] = {"bytes": TEXT, "uri": TEXT}  # the URI serves "when the payload is not defined"
    if dialect in {"rest", "soap"}:
        optional |= {"ooxmlSignStrategy": one_of(["OXP", "OXX"]), "privateDoc": FLAG}
    if dialect == "soap":
        registry = record({}, {"protocolRegistry": record({}, {"code": TEXT})})
        optional["protocols"] = many(record({}, {"code": TEXT, "createdAt": WHOLE, "registry": registry}))
    return record(required, optional)


def _message() -> Schema:
    own = record({}, {"text": TEXT, "userExtId": TEXT})
    return record({"text": TEXT}, {"subject": TEXT, "userMessages": many(own)})


def _doc_class() -> Schema:
    value = {"dateValue": WHOLE, "numericValue": NUMERIC, "textValue": TEXT}
    field = record({"name": NAME}, {"id": WHOLE, **value}) | {"anyOf": [{"required": [name]} for name in value]}
    return record({}, {"id": {"type": ["string", "integer"]}, "name": NAME, "fields": many(field)})


def _process(dialect: Dialect) -> Schema:
    optional = {"tasks": many(_task(dialect)), "newUsers": many(_new_user(dialect))}
    if dialect in {"rest", "soap"}:
        optional |= {"code": NAME, "revision": {"type": ["string", "integer"]}}
    return record({}, optional)


def _task(dialect: Dialect) -> Schema:
    v1 = dialect in {"rest", "soap"}
    actions = {"rest": words.REST_TASK_ACTIONS, "soap": words.SOAP_TASK_ACTIONS}.get(dialect, tuple(words.TASK_ACTIONS))
    required: dict[str, Schema] = {
        "type": one_of(("T", "A", "H") if v1 else words.TASK_TYPES),  # row 10: §5.1 prints H once
        "order": {"type": "integer", "minimum": 0},
        "action": one_of(actions),
        "howMany": {"type": "integer", "minimum": 1, "maximum": 4},
    }
    optional: dict[str, Schema] = {
        "actorExpr": NAME,
        "actionDefs": many(_action(dialect)),
        "confString": TEXT,
        "sendMailMessage": _mail(),
    }
    if v1:
        optional["certType"] = {"type": "string", "pattern": r"^[RIT]([,| ]?[RIT])*$"}
    else:
        optional["signatureType"] = NAME  # §9.7; v4 refuses it in the rules
    return record(required, optional)


def _mail() -> Schema:
    recipient = record({"typeRecipient": one_of(["TO", "CC"])}, {"userExternalId": TEXT, "email": TEXT})
    attached = record({}, {"externalDocId": {"anyOf": [TEXT, many(TEXT)]}})
    lists = {"sendMailRecipientList": many(recipient), "sendMailDocumentList": many(attached)}
    return record({}, {"subject": TEXT, "bodyMail": TEXT, **lists})


def _action(dialect: Dialect) -> Schema:
    kinds = {"rest": words.REST_ACTION_TYPES, "soap": words.SOAP_ACTION_TYPES}.get(dialect, tuple(words.ACTION_TYPES))
    required = {"docExternalId": NAME, "type": one_of(kinds), "mandatory": FLAG}
    return record(required, {"confString": TEXT, "appearance": _appearance(dialect)})


def _appearance(dialect: Dialect) -> Schema:
    v1 = dialect in {"rest", "soap"}
    positions = {"rest": words.REST_COMPASS, "soap": words.SOAP_COMPASS}.get(dialect, words.COMPASS)
    corners = words.CORNERS.values() if v1 else words.CORNERS
    tag = {"cornerType": one_of(corners), "endTagPattern": NAME, "xoffset": NUMBER, "yoffset": NUMBER}
    return record({}, {
        "blankSignatureFieldName": NAME,
        "compassAppearance": record({"page": PAGE}, {"position": one_of(positions)}),
        "coordAppearance": record({"page": PAGE, **dict.fromkeys(("llx", "lly", "urx", "ury"), NUMBER)}, {}),
        "tagAppearance": record({"startTagPattern": NAME}, tag),
        "invisible": FLAG,
        **({"tagPattern": NAME} if dialect == "rest" else {}),
        **({} if v1 else {"annotationContent": TEXT}),
    })  # fmt: skip


def _new_user(dialect: Dialect) -> Schema:
    required = dict.fromkeys(("username", "name", "surname", "email", "externalId"), NAME)
    optional: dict[str, Schema] = {"phoneNumber": TEXT, "newUserStrategy": one_of(words.STRATEGIES)}  # §6.2: a default
    if dialect in {"rest", "soap"}:
        known = words.REST_AUTHORITIES if dialect == "rest" else words.SOAP_AUTHORITIES
        pair = record({"username": NAME, "authority": one_of(known)}, {})
        either = {"anyOf": [one_of(known), pair, many({"anyOf": [one_of(known), pair]}, 1)]}  # row 5
        more = {"emailLanguage": TEXT, "fiscalCode": TEXT} if dialect == "soap" else {}
        return record({**required, "userAuthorities": either}, optional | more)
    optional |= dict.fromkeys(("company", "organizationUnit", "fiscalCode", "title"), TEXT) | {"enabled": FLAG}
    if dialect == "gs5":  # §9.7.2: "must not be used for version 4"
        optional |= {"emailLanguage": one_of(words.LANGUAGES), "adDomain": TEXT, "timezone": TEXT}
        optional |= {"countryCode": {"type": "string", "pattern": "^[A-Za-z]{2}$"}}
        optional |= {"serialType": one_of(words.SERIAL_TYPES)}
    return record({**required, "roles": many(one_of(words.ROLES), 1)}, optional)
