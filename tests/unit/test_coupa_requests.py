"""What Coupa may send, and what is told when it is not that: pointers, codes, and 400 or 422."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import StringConstraints

from esign.coupa import scalars
from esign.coupa.mapping import callback_wish, delete_reason, new_expiry, new_package
from esign.coupa.mapping_documents import new_documents
from esign.coupa.mapping_recipients import new_recipients
from esign.domain.document import MAX_INLINE
from esign.domain.drafts import InlineContent, NewField, SourceUrl, Template, UploadRequest
from esign.domain.errors import ConnectorError, MalformedRequest, Problem, TooLarge, Unprocessable
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    FieldType,
    FormField,
    Group,
    Member,
    ProviderAuthentication,
    Rectangle,
    Role,
    Zone,
    ZonePosition,
)

PDF = base64.b64encode(b"%PDF-1.7 a contract").decode()
SECRET = "Zyxwvut-canary"

MEMBERS = [
    *(
        "name",
        "metadata",
        "reminders",
        "everyDays",
        "provider",
        "options",
        "expiresAt",
        "sequentialSigning",
        "language",
    ),
    *("group", "members", "authentication", "method", "role", "phone", "email", "signingOrder", "redirectUrl"),
    *("fields", "documentId", "rectangle", "page", "x", "width", "anchor", "zone", "position", "type"),
    *("upload", "size", "sha256", "contentType", "content"),
]
CODES = {
    *("required", "unknown_member", "wrong_type", "bad_base64", "too_short", "too_long", "bad_format", "not_allowed"),
    *("out_of_range", "too_few", "too_many", "bad_time", "too_deep", "exactly_one", "empty_document"),
    *("name_required", "email_required", "phone_required"),
}


def problems(read: Any, body: Any) -> list[tuple[str, str]]:
    with pytest.raises((MalformedRequest, Unprocessable)) as raised:
        read(body)
    return [(problem.pointer, problem.code) for problem in raised.value.problems]


def deep(levels: int) -> dict[str, Any]:
    return {"a": deep(levels - 1)} if levels else {}


def test_a_name_alone_makes_a_package() -> None:
    new = new_package({"name": "Frame contract"})
    assert (new.name, new.external_id, new.sequential_signing, new.expires_at) == ("Frame contract", None, False, None)
    assert (dict(new.options), dict(new.metadata)) == ({}, {})


def test_every_member_of_a_package_arrives() -> None:
    new = new_package(
        {
            "name": " Frame contract ",
            "externalId": "CLM-1",
            "description": "two\nlines",
            "message": {"subject": "Sign", "text": "please"},
            "language": "fr-BE",
            "sequentialSigning": True,
            "expiresAt": "2027-01-31T17:00:00+02:00",
            "reminders": {"firstAfterDays": 3, "everyDays": 2},
            "provider": {"options": {"themeCode": "x"}},
            "metadata": {"department": "Legal"},
        }
    )
    assert (new.name, new.external_id, new.description) == ("Frame contract", "CLM-1", "two\nlines")
    assert (new.message.subject, new.message.text, new.language) == ("Sign", "please", "fr-BE")
    assert new.expires_at == datetime(2027, 1, 31, 15, tzinfo=UTC)
    assert (new.reminders.first_after_days, new.reminders.every_days, new.sequential_signing) == (3, 2, True)
    assert (new.options, new.metadata) == ({"themeCode": "x"}, {"department": "Legal"})


def test_null_means_absent() -> None:
    given = {"name": "x", "externalId": None, "message": None, "provider": {"options": None}}
    assert new_package(given).body_hash == new_package({"name": "x", "provider": {}}).body_hash
    assert new_package(given).external_id is None


def test_the_hash_of_a_package_ignores_the_order_of_members_and_nothing_else() -> None:
    one = new_package({"name": "x", "externalId": "1"}).body_hash
    assert one == new_package({"externalId": "1", "name": "x"}).body_hash
    assert one != new_package({"name": "x", "externalId": "2"}).body_hash


@pytest.mark.parametrize(
    ("body", "pointer", "code", "error"),
    [
        ([], "", "wrong_type", MalformedRequest),
        ({}, "/name", "required", MalformedRequest),
        ({"name": 7}, "/name", "wrong_type", MalformedRequest),
        ({"name": "x", "sequentialSigning": "true"}, "/sequentialSigning", "wrong_type", MalformedRequest),
        ({"name": "x", "colour": 1}, "/colour", "unknown_member", MalformedRequest),
        ({"name": "x", "a/b~c": 1}, "/a~1b~0c", "unknown_member", MalformedRequest),
        ({"name": "x", "message": "hello"}, "/message", "wrong_type", MalformedRequest),
        ({"name": "x", "reminders": {"everyDays": 1.5}}, "/reminders/everyDays", "wrong_type", MalformedRequest),
        ({"name": "x", "expiresAt": 1893456000}, "/expiresAt", "wrong_type", MalformedRequest),
        ({"name": ""}, "/name", "too_short", Unprocessable),
        ({"name": "   "}, "/name", "too_short", Unprocessable),
        ({"name": "x" * 256}, "/name", "too_long", Unprocessable),
        ({"name": "a\r\nBcc: b"}, "/name", "bad_format", Unprocessable),
        ({"name": "x", "description": "\x00"}, "/description", "bad_format", Unprocessable),
        ({"name": "x", "language": "english language"}, "/language", "bad_format", Unprocessable),
        ({"name": "x", "reminders": {"everyDays": 0}}, "/reminders/everyDays", "out_of_range", Unprocessable),
        ({"name": "x", "expiresAt": "2027-01-31T17:00:00"}, "/expiresAt", "bad_time", Unprocessable),
        ({"name": "x", "expiresAt": "2027-02-30T17:00:00Z"}, "/expiresAt", "bad_time", Unprocessable),
        ({"name": "x", "expiresAt": "0001-01-01T00:00:00+23:00"}, "/expiresAt", "bad_time", Unprocessable),
        ({"name": "x", "provider": {"options": deep(400)}}, "/provider/options", "too_deep", Unprocessable),
        ({"name": "x", "provider": {"options": {"a": "b" * 16_384}}}, "/provider/options", "too_long", Unprocessable),
        ({"name": "x", "metadata": {"a b": "c"}}, "/metadata/a b", "bad_format", Unprocessable),
        ({"name": "x", "metadata": {"a": 1}}, "/metadata/a", "wrong_type", MalformedRequest),
        ({"name": "x", "metadata": {f"k{n}": "" for n in range(51)}}, "/metadata", "too_many", Unprocessable),
    ],
)
def test_a_package_that_cannot_be_taken_is_named(body: Any, pointer: str, code: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        new_package(body)
    assert isinstance(raised.value, ConnectorError)
    assert [(problem.pointer, problem.code) for problem in raised.value.problems] == [(pointer, code)]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"name": None}, "/name", "required"),
        ({"name": "x", "colour": None}, "/colour", "unknown_member"),
        ({"name": "x", "[key]": 1}, "/[key]", "unknown_member"),
        (None, "", "wrong_type"),
    ],
)
def test_null_is_no_value_and_no_member_that_is_unknown(body: Any, pointer: str, code: str) -> None:
    assert problems(new_package, body) == [(pointer, code)]


def test_a_hundred_problems_are_told_at_most_and_the_last_still_counts() -> None:
    body = {"name": "x", "metadata": {f"a b{n}": "" for n in range(40)}} | {f"colour{n}": 1 for n in range(200)}
    assert len(problems(new_package, body)) == 100
    with pytest.raises(MalformedRequest):
        new_package({"metadata": {f"a b{n}": "" for n in range(50)}, "colour": 1, "language": "?", "name": "x"})


def test_every_problem_is_told_at_once_and_the_request_is_malformed_when_one_of_them_is() -> None:
    found = problems(new_package, {"language": "?", "colour": 1, "reminders": {"everyDays": 0}})
    assert set(found) == {
        ("/name", "required"),
        ("/language", "bad_format"),
        ("/colour", "unknown_member"),
        ("/reminders/everyDays", "out_of_range"),
    }


def test_every_pattern_has_words_for_who_misses_it() -> None:
    parts = [part for one in vars(scalars).values() for part in get_args(one)]
    patterns = {part.pattern for part in parts if isinstance(part, StringConstraints)}
    assert patterns == set(scalars.FORMS)


def test_a_value_of_the_wrong_form_is_told_the_right_one() -> None:
    with pytest.raises(Unprocessable) as refused:
        new_recipients({"recipients": [{"fullName": "Anna", "email": "anna", "phone": "0475"}]})
    told = {problem.pointer: problem.detail for problem in refused.value.problems}
    assert told["/recipients/0/email"] == "This must be an e-mail address like anna.peeters@example.com."
    assert told["/recipients/0/phone"] == "This must be a phone number with its country code, like +32 2 555 01 23."


def test_no_problem_repeats_what_was_sent() -> None:
    with pytest.raises(MalformedRequest) as raised:
        new_recipients({"recipients": [{"fullName": SECRET, "email": SECRET, "phone": SECRET, "signingOrder": SECRET}]})
    assert SECRET not in repr(raised.value.problems) + str(raised.value) + repr(raised.value.__cause__)
    assert raised.value.__context__ is None or SECRET not in repr(raised.value.__context__)


# ------------------------------------------------------------------------------------------------------- documents


def a_document(**members: Any) -> dict[str, Any]:
    return {"documents": [{"name": "contract.pdf"} | members]}


def test_inline_content_is_decoded() -> None:
    (new,) = new_documents(a_document(content=PDF, contentType="Application/PDF", externalId="A", order=3))
    assert isinstance(new.source, InlineContent)
    assert (new.source.body.read(), new.source.size) == (b"%PDF-1.7 a contract", 19)
    assert (new.content_type, new.external_id, new.order) == ("application/pdf", "A", 3)


def test_the_other_three_ways_to_give_a_document() -> None:
    source, upload, template = (
        new_documents(a_document(**given))[0].source
        for given in (
            {"sourceUrl": "https://files.example.com/a.pdf"},
            {"upload": {"size": 5, "sha256": "AB" * 32}},
            {"template": {"id": "space/page"}},
        )
    )
    assert source == SourceUrl("https://files.example.com/a.pdf")
    assert upload == UploadRequest(5, "ab" * 32)
    assert template == Template("space/page")


@pytest.mark.parametrize(
    ("members", "pointer", "code", "error"),
    [
        ({}, "/documents/0", "exactly_one", Unprocessable),
        ({"content": PDF, "template": {"id": "x"}}, "/documents/0", "exactly_one", Unprocessable),
        ({"content": "%PDF"}, "/documents/0/content", "bad_base64", MalformedRequest),
        ({"content": "QUJD\nQUJD"}, "/documents/0/content", "bad_base64", MalformedRequest),
        ({"content": "QUI"}, "/documents/0/content", "bad_base64", MalformedRequest),
        ({"content": "Ä==="}, "/documents/0/content", "bad_base64", MalformedRequest),
        ({"content": ""}, "/documents/0/content", "empty_document", Unprocessable),
        ({"sourceUrl": "ftp://files.example.com/a"}, "/documents/0/sourceUrl", "bad_format", Unprocessable),
        ({"upload": {"size": 0, "sha256": "ab" * 32}}, "/documents/0/upload/size", "out_of_range", Unprocessable),
        (
            {"upload": {"size": 52_428_801, "sha256": "ab" * 32}},
            "/documents/0/upload/size",
            "out_of_range",
            Unprocessable,
        ),
        ({"upload": {"size": 1, "sha256": "ab"}}, "/documents/0/upload/sha256", "bad_format", Unprocessable),
        ({"upload": {"size": 1}}, "/documents/0/upload/sha256", "required", MalformedRequest),
    ],
)
def test_a_document_that_cannot_be_taken_is_named(
    members: dict[str, Any], pointer: str, code: str, error: type[ConnectorError]
) -> None:
    with pytest.raises(error) as raised:
        new_documents(a_document(**members))
    assert [(problem.pointer, problem.code) for problem in raised.value.problems] == [(pointer, code)]


def test_four_mebibytes_in_the_sum_of_a_request_are_taken_and_one_byte_more_is_not() -> None:
    half = base64.b64encode(b"x" * (MAX_INLINE // 2)).decode()
    two = [{"name": "a", "content": half}, {"name": "b", "content": half}]
    sources = [new.source for new in new_documents({"documents": two})]
    assert sum(source.size for source in sources if isinstance(source, InlineContent)) == MAX_INLINE
    with pytest.raises(TooLarge) as raised:
        new_documents({"documents": [*two, {"name": "c", "content": "QQ=="}]})
    assert [problem.pointer for problem in raised.value.problems] == ["/documents/2/content"]


@pytest.mark.parametrize(("count", "code"), [(0, "too_few"), (31, "too_many")])
def test_a_request_holds_one_to_thirty_documents(count: int, code: str) -> None:
    body = {"documents": [{"name": "a", "template": {"id": "x"}}] * count}
    assert problems(new_documents, body) == [("/documents", code)]


# ------------------------------------------------------------------------------------------------------ recipients


def a_person(**members: Any) -> dict[str, Any]:
    known = {"fullName": "Anna Maria Berg", "email": "anna@example.com"}
    return {"recipients": [{k: v for k, v in (known | members).items() if v is not None}]}


def test_a_name_and_an_address_make_a_signer() -> None:
    (new,) = new_recipients(a_person())
    assert (new.first_name, new.last_name, new.email) == ("Anna Maria", "Berg", "anna@example.com")
    assert (new.role, new.delivery, new.authentication) == (Role.SIGNER, Delivery.EMAIL, Authentication.NONE)
    assert (new.signing_order, new.phone, new.fields) == (None, None, ())


def test_every_member_of_a_recipient_arrives() -> None:
    (new,) = new_recipients(
        a_person(
            fullName=None,
            firstName="Anna",
            lastName="Berg",
            externalId="S-1",
            phone="+49 (171) 123-45.67",
            language="de",
            message="Bitte",
            redirectUrl="https://acme.example.com/done",
            role="APPROVER",
            signingOrder=2,
            authentication={"provider": "connective", "method": "BeId"},
            delivery="LINK",
            group={"name": "Board", "members": [{"fullName": "Bo Li", "email": "bo@example.com", "language": "en"}]},
        )
    )
    assert (new.first_name, new.last_name, new.external_id, new.phone) == ("Anna", "Berg", "S-1", "+491711234567")
    assert (new.language, new.message, new.redirect_url) == ("de", "Bitte", "https://acme.example.com/done")
    assert (new.role, new.signing_order, new.delivery) == (Role.APPROVER, 2, Delivery.LINK)
    assert new.authentication == ProviderAuthentication("connective", "BeId")
    assert new.group == Group("Board", (Member("Bo", "Li", "bo@example.com", "en"),))


def test_the_four_places_of_a_field() -> None:
    places: list[dict[str, Any]] = [
        {"rectangle": {"page": -1, "x": 1, "y": 2.5, "width": 100, "height": 50}},
        {"anchor": {"text": "#SIGN1#", "dx": -3}},
        {"formField": {"name": "sig1"}, "type": "INITIALS"},
        {"zone": {"page": 2, "position": "BOTTOM_RIGHT"}},
    ]
    (new,) = new_recipients(a_person(fields=[{"documentId": "A"} | place for place in places]))
    assert new.fields == (
        NewField("A", Rectangle(-1, 1.0, 2.5, 100.0, 50.0)),
        NewField("A", Anchor("#SIGN1#", -3.0)),
        NewField("A", FormField("sig1"), FieldType.INITIALS),
        NewField("A", ZonePosition(2, Zone.BOTTOM_RIGHT)),
    )


def test_a_group_needs_neither_a_name_nor_an_address_of_its_own() -> None:
    (new,) = new_recipients({"recipients": [{"group": {"name": "Board of Acme"}}]})
    assert (new.first_name, new.last_name, new.email) == ("Board of", "Acme", None)


NAMELESS = {"name": "Board", "members": [{"email": "bo@example.com"}]}
RECTANGLE = {"page": 1, "x": 0, "y": 0, "width": 1, "height": 1}


@pytest.mark.parametrize(
    ("members", "pointer", "code", "error"),
    [
        ({"email": None}, "/recipients/0/email", "email_required", Unprocessable),
        ({"email": "anna"}, "/recipients/0/email", "bad_format", Unprocessable),
        ({"email": "a b@example.com"}, "/recipients/0/email", "bad_format", Unprocessable),
        ({"email": "a@example.com,b@example.com"}, "/recipients/0/email", "bad_format", Unprocessable),
        ({"email": "a@example.com\nBcc:x"}, "/recipients/0/email", "bad_format", Unprocessable),
        ({"email": ["a@example.com"]}, "/recipients/0/email", "wrong_type", MalformedRequest),
        ({"fullName": None}, "/recipients/0", "name_required", Unprocessable),
        ({"firstName": "Anna"}, "/recipients/0/fullName", "exactly_one", Unprocessable),
        ({"fullName": None, "firstName": "Anna"}, "/recipients/0/lastName", "name_required", Unprocessable),
        ({"phone": "0171 1234567"}, "/recipients/0/phone", "bad_format", Unprocessable),
        ({"phone": "+49 call me"}, "/recipients/0/phone", "bad_format", Unprocessable),
        ({"authentication": "SMS_OTP"}, "/recipients/0/phone", "phone_required", Unprocessable),
        ({"authentication": "FAX"}, "/recipients/0/authentication", "not_allowed", Unprocessable),
        ({"authentication": {"method": "x"}}, "/recipients/0/authentication/provider", "required", MalformedRequest),
        ({"role": "signer"}, "/recipients/0/role", "not_allowed", Unprocessable),
        ({"role": 1}, "/recipients/0/role", "wrong_type", MalformedRequest),
        ({"signingOrder": True}, "/recipients/0/signingOrder", "wrong_type", MalformedRequest),
        ({"fields": [{"documentId": "A"}]}, "/recipients/0/fields/0", "exactly_one", Unprocessable),
        (
            {"fields": [{"documentId": "A", "formField": {"name": "x"}, "rectangle": RECTANGLE}]},
            "/recipients/0/fields/0",
            "exactly_one",
            Unprocessable,
        ),
        (
            {"fields": [{"documentId": "A", "rectangle": RECTANGLE | {"page": 0}}]},
            "/recipients/0/fields/0/rectangle/page",
            "out_of_range",
            Unprocessable,
        ),
        (
            {"fields": [{"documentId": "A", "rectangle": RECTANGLE | {"width": 0}}]},
            "/recipients/0/fields/0/rectangle/width",
            "out_of_range",
            Unprocessable,
        ),
        ({"group": NAMELESS}, "/recipients/0/group/members/0", "name_required", Unprocessable),
    ],
)
def test_a_recipient_that_cannot_be_taken_is_named(
    members: dict[str, Any], pointer: str, code: str, error: type[ConnectorError]
) -> None:
    with pytest.raises(error) as raised:
        new_recipients(a_person(**members))
    assert [(problem.pointer, problem.code) for problem in raised.value.problems] == [(pointer, code)]


@pytest.mark.parametrize("given", [1, True, ["SMS_OTP"], 1.5])
def test_an_authentication_is_a_word_or_an_object(given: Any) -> None:
    assert problems(new_recipients, a_person(authentication=given)) == [("/recipients/0/authentication", "wrong_type")]


def told_of(read: Any, body: Any) -> tuple[Problem, ...]:
    try:
        read(body)
    except (MalformedRequest, Unprocessable) as refused:
        return refused.problems
    return ()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from([SECRET, "", " "]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("name", MEMBERS)
@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(value=ANY_JSON)
def test_whatever_stands_there_is_taken_or_told_in_our_own_words(name: str, value: Any) -> None:
    for read in (new_package, new_recipients, new_documents):
        for body in (
            {name: value},
            {"name": "x", name: value},
            {"recipients": [{name: value}]},
            {"documents": [value]},
        ):
            told = told_of(read, body)
            assert {problem.code for problem in told} <= CODES
            assert SECRET not in repr([problem.detail for problem in told])


def test_a_request_holds_fifty_recipients_at_most() -> None:
    person = a_person()["recipients"][0]
    assert len(new_recipients({"recipients": [person] * 50})) == 50
    assert problems(new_recipients, {"recipients": [person] * 51}) == [("/recipients", "too_many")]


def test_a_request_holds_two_hundred_fields_at_most() -> None:
    field = {"documentId": "A", "formField": {"name": "x"}}
    person = a_person(fields=[field] * 101)["recipients"][0]
    assert problems(new_recipients, {"recipients": [person, person]}) == [("/recipients", "too_many_fields")]


# ------------------------------------------------------------------------------------------------------ the smaller


def test_the_callback_of_an_account_may_carry_credentials_which_no_repr_shows() -> None:
    body = {"url": "https://a.example.com", "authentication": {"basic": {"username": "u", "password": SECRET}}}
    wish = callback_wish(body, of_account=True)
    assert wish.authentication == {"basic": {"username": "u", "password": SECRET}}
    assert SECRET not in repr(wish)
    assert problems(lambda b: callback_wish(b, of_account=False), body) == [("/authentication", "unknown_member")]


def test_the_callback_of_an_account_may_name_an_oauth2_client_instead() -> None:
    client = {"tokenUrl": "https://login.example.com/token", "clientId": "us", "clientSecret": SECRET, "scope": "x"}
    body = {"url": "https://a.example.com", "authentication": {"oauth2": client}}
    wish = callback_wish(body, of_account=True)
    assert wish.authentication == {"oauth2": client}
    assert SECRET not in repr(wish)
    both = {"oauth2": client, "basic": {"username": "u", "password": SECRET}}
    for authentication in ({}, both):
        found = problems(lambda b: callback_wish(b, of_account=True), body | {"authentication": authentication})
        assert found == [("/authentication", "exactly_one")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://coupa.example.com/hook", "insecure_address"),
        ("http://127.0.0.1:8080/hook", "insecure_address"),
        ("https://coupa.example.com:8443/hook", "unsafe_address"),
        ("https://user@coupa.example.com/hook", "unsafe_address"),
        ("https://10.0.0.1/hook", "unsafe_address"),
        ("https://[::1]/hook", "unsafe_address"),
        ("https://169.254.169.254/", "unsafe_address"),
        ("https://intranet/hook", "unsafe_address"),
        ("https://api.localhost/hook", "unsafe_address"),
        ("https://a.*.example/hook", "unsafe_address"),
        ("https://*.example.com/hook", "unsafe_address"),
        ("https://*/hook", "unsafe_address"),
        ("https://a_b.example.com/hook", "unsafe_address"),
        ("https://-a.example.com/hook", "unsafe_address"),
        ("https://a..example.com/hook", "unsafe_address"),
        ("https://coupa.example.com%2e/hook", "unsafe_address"),
        ("https://coupa.example.com\\@evil.com/hook", "unsafe_address"),
        ("https://coupa.example.com\\.evil.com/hook", "unsafe_address"),
        ("https://xn--.example.com/hook", "unsafe_address"),
        ("https://" + "a" * 64 + ".example.com/hook", "unsafe_address"),
        ("https://0x7f.1/hook", "unsafe_address"),
        ("https://1.2.3/hook", "unsafe_address"),
        ("https://127.0.0.1./hook", "unsafe_address"),
        ("https://coupa.example.com:0/hook", "unsafe_address"),
        ("https://coupa.example.com:99999/", "bad_format"),
        ("https://[::1/", "bad_format"),
    ],
)
def test_an_address_that_could_never_be_called_is_refused_at_once(url: str, code: str) -> None:
    client = {"tokenUrl": url, "clientId": "us", "clientSecret": SECRET}
    good = {"url": "https://a.example.com"}
    assert problems(lambda b: callback_wish(b, of_account=False), {"url": url}) == [("/url", code)]
    assert problems(lambda b: callback_wish(b, of_account=True), {"url": url}) == [("/url", code)]
    body = good | {"authentication": {"oauth2": client}}
    found = problems(lambda b: callback_wish(b, of_account=True), body)
    assert found == [("/authentication/oauth2/tokenUrl", code)]


@pytest.mark.parametrize(
    "host", ["bücher.example", "straße.example", "xn--strae-oqa.example", "a.example.", "1.example", "A-1.EXAMPLE"]
)
def test_a_host_may_be_named_in_any_script_and_to_its_last_dot(host: str) -> None:
    assert callback_wish({"url": f"https://{host}/hook"}, of_account=False).callback.url == f"https://{host}/hook"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/hook", "http://localhost:1/", "http://[::1]:8080/"])
def test_a_stage_may_allow_callbacks_on_its_own_machine_and_nowhere_else(url: str) -> None:
    assert callback_wish({"url": url}, of_account=False, loopback=True).callback.url == url
    with pytest.raises(Unprocessable):
        callback_wish({"url": "http://192.168.0.1:8080/"}, of_account=False, loopback=True)


def test_events_of_a_callback_are_known_ones_each_once() -> None:
    body = {"url": "https://a.example.com", "events": ["package.sent", "package.sent"]}
    assert callback_wish(body, of_account=False).callback.events == ("package.sent",)
    found = problems(lambda b: callback_wish(b, of_account=False), body | {"events": ["package.gone"]})
    assert found == [("/events/0", "not_allowed")]


def test_an_expiry_and_a_reason() -> None:
    assert new_expiry({"expiresAt": "2027-01-31T17:00:00.1234567Z"}) == datetime(2027, 1, 31, 17, 0, 0, 123456, UTC)
    assert delete_reason({"reason": "gone"}) == "gone"
    assert delete_reason({}) is delete_reason({"reason": ""}) is None
