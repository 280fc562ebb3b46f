"""GET /v1/packages/{packageId}/signed-documents[?delivery=] and …/{documentId}: the files, or 302 to one of them."""

from __future__ import annotations

from esign.coupa import query, reports
from esign.operations.get_signed_documents import FileDelivery, get_signed_documents, signed_document_link
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("get_signed_documents", query=("delivery",))
def handler(request: Request, app: App) -> Reply:
    package, file = request.path["packageId"], request.path.get("documentId")
    if file is not None:
        link = signed_document_link(
            request.account, package, file, packages=app.packages, evidence=app.evidence, timing=app.timing
        )
        return Reply(302, headers={"Location": link})
    files = get_signed_documents(
        request.account,
        package,
        delivery=query.choice(request.query, "delivery", FileDelivery.AUTO),
        packages=app.packages,
        evidence=app.evidence,
        clock=app.clock,
        timing=app.timing,
    )
    return Reply(200, {"documents": [reports.signed_document(item) for item in files]})
