"""POST /v1/packages/{packageId}/documents: by content, source URL, upload link or template; all or none."""

from __future__ import annotations

from esign.coupa import views
from esign.coupa.body import MAX_BODY
from esign.coupa.mapping_documents import new_documents
from esign.operations.add_documents import add_documents
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("add_documents")
def handler(request: Request, app: App) -> Reply:
    added = add_documents(
        request.account,
        request.path["packageId"],
        new_documents(request.json(limit=MAX_BODY)),
        packages=app.packages,
        documents=app.documents,
        fetcher=app.fetcher,
        accounts=app.accounts,
        access=app.access,
        clock=app.clock,
        claim=request.claim,
    )
    documents = [views.document(item.document, upload=item.upload) for item in added.documents]
    return Reply(201, views.present(documents=documents, warnings=views.warnings(added.warnings)))
