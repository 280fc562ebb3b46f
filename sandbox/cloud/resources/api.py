"""Records the parts of REST APIs under made-up ids. The gateway reads them back; nothing of them goes to moto."""

from __future__ import annotations

from sandbox.cloud.resources.site import Created, Site, made_up_id, word_of
from sandbox.cloud.runtime.function import Json


def record_rest_api(site: Site, name: str, properties: Json) -> Created:
    if "Body" in properties or "BodyS3Location" in properties:
        raise NotImplementedError(
            f"REST API {name}: the local gateway reads Resources and Methods, not an OpenAPI body"
        )
    identity = made_up_id(name)
    site.api_words[identity] = word_of(name)
    return Created(identity, {"RootResourceId": made_up_id(name, "root"), "RestApiId": identity})


def record_part(_site: Site, name: str, _properties: Json) -> Created:
    identity = made_up_id(name)
    ids = ("ResourceId", "AuthorizerId", "DeploymentId", "RequestValidatorId", "Id")
    return Created(identity, dict.fromkeys(ids, identity))


def record_model(_site: Site, name: str, properties: Json) -> Created:
    return Created(properties.get("Name", name))


def record_stage(_site: Site, name: str, properties: Json) -> Created:
    return Created(properties.get("StageName", name))
