"""createPackage, addDocuments, addRecipients: all or nothing, once, and every problem named."""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from typing import Any

import pytest

from esign.domain.document import MAX_DOCUMENTS
from esign.domain.drafts import InlineContent, NewDocument, NewField, NewRecipient, SourceUrl, Template, UploadRequest
from esign.domain.errors import Clash, Problem, TooLarge, Unprocessable, WrongState
from esign.domain.recipient import Delivery, Rectangle
from esign.domain.status import DocumentStatus
from esign.ports import FetchedDocument
from tests.fakes.connector import CONTRACT, Connector
from tests.fakes.world import FakeFetcher

MEGABYTE = 1024 * 1024


def inline(body, **fields):
    known: dict[str, Any] = {"name": "contract.pdf", "source": InlineContent(io.BytesIO(body), len(body))}
    return NewDocument(**known | fields)


def test_the_same_external_id_and_body_is_the_same_package():
    connector = Connector()
    first = connector.create(external_id="CLM-1")
    again = connector.create(external_id="CLM-1")
    assert first.created
    assert not again.created
    assert again.package.id == first.package.id


def test_the_same_external_id_with_another_body_is_a_clash():
    connector = Connector()
    connector.create(external_id="CLM-1")
    with pytest.raises(Clash):
        connector.create(external_id="CLM-1", body_hash="other")


def test_a_closed_package_frees_its_external_id_for_the_next_revision():
    connector = Connector()
    first = connector.create(external_id="CLM-1").package
    connector.delete(first.id)
    second = connector.create(external_id="CLM-1")
    assert second.created
    assert second.package.revision == 2


def test_options_that_the_provider_does_not_know_are_refused():
    connector = Connector()
    connector.providers.bad_options = (Problem("/provider/options/x", "unknown_option", "no such option"),)
    with pytest.raises(Unprocessable) as refused:
        connector.create(options={"x": 1})
    assert refused.value.problems[0].pointer == "/provider/options/x"


def test_an_expiry_in_the_past_is_refused():
    connector = Connector()
    with pytest.raises(Unprocessable) as refused:
        connector.create(expires_at=connector.clock.now())
    assert refused.value.problems[0].code == "expiry_in_the_past"


def test_documents_come_by_content_by_url_by_upload_or_as_a_template():
    connector = Connector()
    package = connector.create().package
    connector.fetcher.pages["https://clm.example/c.pdf"] = CONTRACT + b"2"
    added = connector.add_documents(
        package.id,
        inline(CONTRACT),
        NewDocument(name="c.pdf", source=SourceUrl("https://clm.example/c.pdf")),
        NewDocument(name="big.pdf", source=UploadRequest(9, "ab" * 32)),
        NewDocument(name="T", source=Template("42")),
    )
    assert [a.document.status for a in added.documents] == [
        DocumentStatus.STORED,
        DocumentStatus.STORED,
        DocumentStatus.AWAITING_UPLOAD,
        DocumentStatus.STORED,
    ]
    assert added.documents[2].upload is not None
    with connector.documents.fetch(str(added.documents[0].document.key)) as body:
        assert body.read() == CONTRACT


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/pdf", "empty_document"),
        (b"MZ this program", "application/pdf", "content_mismatch"),
        (b"MZ this program", None, "unknown_content_type"),
        (b"%PDF-1.7", "video/mp4", "unknown_content_type"),
    ],
)
def test_a_document_that_is_not_what_it_says_adds_nothing(body, content_type, code):
    connector = Connector()
    package = connector.create().package
    with pytest.raises(Unprocessable) as refused:
        connector.add_documents(package.id, inline(CONTRACT), inline(body, content_type=content_type))
    assert [p.code for p in refused.value.problems] == [code]
    assert refused.value.problems[0].pointer.startswith("/documents/1")
    assert connector.now(package.id).documents == ()


def test_adding_a_document_again_adds_nothing_and_another_content_is_a_clash():
    connector = Connector()
    package = connector.create().package
    first = connector.add_document(package.id, external_id="D1")
    again = connector.add_document(package.id, external_id="D1")
    assert first.document == again.document
    with pytest.raises(Clash):
        connector.add_document(package.id, CONTRACT + b"x", external_id="D1")
    assert len(connector.now(package.id).documents) == 1


def test_two_documents_alike_are_answered_as_the_two_that_they_are():
    connector = Connector()
    package = connector.create().package
    alike = [NewDocument(name="annex.pdf", source=InlineContent(io.BytesIO(CONTRACT), len(CONTRACT))) for _ in range(2)]
    added = connector.add_documents(package.id, *alike).documents
    assert [item.document.id for item in added] == [f"{package.id}_01", f"{package.id}_02"]


def test_one_external_id_twice_in_one_request_is_refused():
    connector = Connector()
    package = connector.create().package
    with pytest.raises(Unprocessable):
        connector.add_documents(package.id, inline(CONTRACT, external_id="D"), inline(CONTRACT, external_id="D"))
    one = NewRecipient(first_name="A", last_name="B", email="a@example.com", external_id="R")
    with pytest.raises(Unprocessable):
        connector.add_recipients(package.id, one, one)


def test_the_same_external_id_gives_a_fresh_upload_link():
    connector = Connector()
    package = connector.create().package
    source = UploadRequest(9, "ab" * 32)
    first = connector.add_document(package.id, source=source, external_id="U")
    connector.clock.advance(600)
    again = connector.add_document(package.id, source=source, external_id="U")
    assert again.upload.expires_at > first.upload.expires_at


def test_thirty_documents_and_a_hundred_megabytes_are_the_most():
    connector = Connector()
    package = connector.create().package
    connector.add_documents(package.id, *(inline(CONTRACT) for _ in range(MAX_DOCUMENTS)))
    with pytest.raises(Unprocessable) as refused:
        connector.add_document(package.id)
    assert refused.value.problems[0].code == "too_many_documents"
    heavy = connector.create().package
    for size in (50, 50):
        connector.add_document(heavy.id, source=UploadRequest(size * 1024 * 1024, f"{size:064x}"))
    with pytest.raises(TooLarge):
        connector.add_document(heavy.id)


class BigSource(FakeFetcher):
    """Every document has so many bytes, all different; `asked` is what each might have had, `held` what was given."""

    def __init__(self, connector, size):
        super().__init__()
        self.size, self.held = size, 0
        self.asked: list[int] = []
        connector.fetcher = self

    @contextmanager
    def fetch(self, url, *, hosts, max_bytes):
        self.asked.append(max_bytes)
        if self.size > max_bytes:
            raise TooLarge(f"the document is longer than {max_bytes} bytes")
        self.held += self.size
        yield FetchedDocument(io.BytesIO(CONTRACT), self.size, hashlib.sha256(url.encode()).hexdigest(), None)


def linked(number, **fields):
    return NewDocument(name=f"{number}.pdf", source=SourceUrl(f"https://clm.example/{number}"), **fields)


def uploaded(size, **fields):
    return NewDocument(name="big.pdf", source=UploadRequest(size, f"{size:064x}"), **fields)


def test_no_more_is_fetched_than_the_package_has_room_for():
    connector = Connector()
    package = connector.create().package
    connector.add_documents(package.id, uploaded(30 * MEGABYTE))
    source = BigSource(connector, 40 * MEGABYTE)
    with pytest.raises(TooLarge) as refused:
        connector.add_documents(package.id, *(linked(number) for number in range(20)))
    assert refused.value.detail == "The documents of a package may have 104857600 bytes in all."
    assert [size // MEGABYTE for size in source.asked] == [50, 30]
    assert source.held == 40 * MEGABYTE
    assert connector.documents.objects == {}
    assert len(connector.now(package.id).documents) == 1


def test_a_package_that_is_full_fetches_nothing_more():
    connector = Connector()
    package = connector.create().package
    source = BigSource(connector, 50 * MEGABYTE)
    with pytest.raises(TooLarge):
        connector.add_documents(package.id, *(linked(number) for number in range(3)))
    assert len(source.asked) == 2


def test_documents_that_cannot_be_taken_take_room_all_the_same():
    connector = Connector()
    package = connector.create().package
    source = BigSource(connector, 50 * MEGABYTE)
    with pytest.raises(TooLarge):
        connector.add_documents(package.id, *(linked(number, content_type="video/mp4") for number in range(30)))
    assert len(source.asked) == 2


def test_one_document_that_is_too_large_is_told_as_such():
    connector = Connector()
    package = connector.create().package
    BigSource(connector, 51 * MEGABYTE)
    with pytest.raises(TooLarge) as refused:
        connector.add_documents(package.id, linked(1))
    assert "the document is longer" in refused.value.detail


def test_too_many_documents_are_refused_before_any_is_fetched():
    connector = Connector()
    package = connector.create().package
    connector.add_documents(package.id, inline(CONTRACT))
    source = BigSource(connector, 1)
    with pytest.raises(Unprocessable) as refused:
        connector.add_documents(package.id, *(linked(number) for number in range(MAX_DOCUMENTS)))
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/documents/29", "too_many_documents")]
    assert source.asked == []


def test_documents_that_a_full_package_has_already_may_be_added_again(monkeypatch):
    connector = Connector()
    package = connector.create().package
    BigSource(connector, 50 * MEGABYTE)
    monkeypatch.setattr(connector.documents, "put", lambda *_, **__: None)  # its bytes are not as many as it says
    both = [linked(1, external_id="A"), linked(2, external_id="B")]
    first, again = (connector.add_documents(package.id, *both) for _ in range(2))
    assert [d.document for d in first.documents] == [d.document for d in again.documents]
    full = connector.create().package
    many = [inline(CONTRACT, external_id=str(number)) for number in range(MAX_DOCUMENTS)]
    connector.add_documents(full.id, *many)
    assert len(connector.add_documents(full.id, *many).documents) == MAX_DOCUMENTS


def test_an_upload_that_is_too_large_is_a_problem_of_its_own():
    connector = Connector()
    package = connector.create().package
    with pytest.raises(Unprocessable) as refused:
        connector.add_documents(package.id, uploaded(200 * MEGABYTE), uploaded(300 * MEGABYTE))
    assert [p.code for p in refused.value.problems] == ["document_too_large"] * 2


def test_nothing_is_added_after_send():
    connector = Connector()
    package = connector.sent()
    with pytest.raises(WrongState):
        connector.add_document(package.id)
    with pytest.raises(WrongState):
        connector.add_recipient(package.id)


def test_signing_order_is_the_lists_order_where_the_package_is_sequential():
    connector = Connector()
    package = connector.create(sequential_signing=True).package
    for name in ("a", "b", "c"):
        connector.add_recipient(package.id, email=f"{name}@example.com")
    assert [r.signing_order for r in connector.now(package.id).recipients] == [1, 2, 3]
    parallel = connector.create().package
    connector.add_recipient(parallel.id)
    connector.add_recipient(parallel.id)
    assert [r.signing_order for r in connector.now(parallel.id).recipients] == [1, 1]


def test_a_field_may_name_a_document_by_either_id_and_not_one_that_is_absent():
    connector = Connector()
    package = connector.create().package
    document = connector.add_document(package.id, external_id="D1").document
    place = Rectangle(1, 10, 10, 100, 50)
    added = connector.add_recipient(package.id, fields=(NewField("D1", place), NewField(document.id, place)))
    assert [f.document for f in added.fields] == [document.id, document.id]
    with pytest.raises(Unprocessable) as refused:
        connector.add_recipient(package.id, fields=(NewField("nowhere", place),))
    assert refused.value.problems[0].pointer == "/recipients/0/fields/0/documentId"


def test_a_recipient_needs_an_address_unless_the_link_is_delivered_otherwise():
    connector = Connector()
    package = connector.create().package
    with pytest.raises(Unprocessable) as refused:
        connector.add_recipient(package.id, email=None)
    assert refused.value.problems[0].code == "email_required"
    assert connector.add_recipient(package.id, email=None, delivery=Delivery.LINK).email is None


def test_fifty_recipients_are_the_most():
    connector = Connector()
    package = connector.create().package
    people = [NewRecipient(first_name="A", last_name=str(n), email=f"a{n}@example.com") for n in range(51)]
    with pytest.raises(Unprocessable) as refused:
        connector.add_recipients(package.id, *people)
    assert (refused.value.problems[0].pointer, refused.value.problems[0].code) == (
        "/recipients/50",
        "too_many_recipients",
    )
    assert connector.now(package.id).recipients == ()


def test_the_same_person_twice_are_two_recipients():
    connector = Connector()
    package = connector.create().package
    connector.add_recipient(package.id)
    connector.add_recipient(package.id)
    assert len(connector.now(package.id).recipients) == 2


def test_adding_a_recipient_again_by_external_id_adds_nothing():
    connector = Connector()
    package = connector.create().package
    first = connector.add_recipient(package.id, external_id="R1")
    assert connector.add_recipient(package.id, external_id="R1") == first
    with pytest.raises(Clash):
        connector.add_recipient(package.id, external_id="R1", email="other@example.com")


def test_each_of_two_concurrent_requests_is_answered_its_own_recipient():
    connector = Connector()
    package = connector.create().package
    original = connector.packages.commit
    meanwhile = []

    def commit(*given, **more):
        if not meanwhile:
            meanwhile.append(None)
            meanwhile.append(connector.add_recipient(package.id, email="first@example.com"))
        return original(*given, **more)

    connector.packages.commit = commit  # type: ignore[method-assign]
    second = connector.add_recipient(package.id, email="second@example.com")
    assert (meanwhile[1].email, second.email) == ("first@example.com", "second@example.com")
    assert second.id != meanwhile[1].id
