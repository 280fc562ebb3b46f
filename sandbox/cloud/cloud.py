"""The local cloud as one object: deploys an assembly, runs it, takes it down. The only module that knows all the others."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from sandbox.cloud import corrections
from sandbox.cloud.assembly import Assembly, read_assembly
from sandbox.cloud.aws import Aws, free_port
from sandbox.cloud.deploy import Deployment, Resource, deploy
from sandbox.cloud.gateway import Gateway, GatewayServer, read_rest_apis
from sandbox.cloud.pollers import Pollers
from sandbox.cloud.resources.site import Site, word_of
from sandbox.cloud.runtime import Invocation, Runtime
from sandbox.cloud.runtime.function import Json

REGION = "eu-central-1"
_BASE_URL = re.compile(r"(\w+)BaseUrl")
_REST_API_URL = re.compile(r"https://([0-9a-z]{10})\.execute-api\.[\w.-]+amazonaws\.com/[\w-]+")
_WITHOUT_A_NAME = ("AWS::IAM::", "AWS::Lambda::Permission", "AWS::Lambda::Version", "AWS::ApiGateway::")


class LocalCloud:
    """`with LocalCloud(Path("cdk.out/local")) as cloud:` — everything stands inside the block, and nothing after it.

    `time_scale` divides the durations of state machines and the rates of schedules. `ports` are those of AWS's API and of
    the gateway, 0 for any. `parameters` are CloudFormation's; `<Word>BaseUrl` is supplied, the local address of that API.
    DeploymentError: the assembly cannot be brought up.
    """

    def __init__(
        self,
        assembly: Path,
        *,
        time_scale: float = 1.0,
        ports: tuple[int, int] = (0, 0),
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self._assembly: Assembly = read_assembly(assembly)
        self._time_scale = time_scale
        self._given_parameters = parameters or {}
        self._aws = Aws(port=ports[0], region=self._assembly.region or REGION)
        self._gateway_port = ports[1] or free_port()
        self._runtime = Runtime(
            variables={**self._aws.variables(), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}
        )
        self._deployment = Deployment()
        self._ending = ExitStack()

    def __enter__(self) -> LocalCloud:
        with ExitStack() as undo:
            undo.callback(self._runtime.close)
            undo.enter_context(self._aws)
            undo.enter_context(
                corrections.install(invoke=self._runtime.invoke, scale=self._time_scale, tell=self._runtime.note)
            )
            scratch = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="local-cloud-")))
            self._deployment = self._deploy(scratch)
            self._start(undo)
            self._ending = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    @property
    def endpoint(self) -> str:
        """The address of AWS's API, for AWS_ENDPOINT_URL."""
        return self._aws.endpoint

    @property
    def region(self) -> str:
        return self._aws.region

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables by which any other program uses this cloud."""
        return self._aws.variables()

    @property
    def outputs(self) -> Mapping[str, str]:
        return self._deployment.outputs

    @property
    def inert(self) -> Mapping[str, str]:
        """What was left out: `type logical-id`, and why."""
        return self._deployment.inert

    @property
    def created(self) -> Mapping[str, int]:
        """How many resources of each type stand here."""
        return Counter(one.type for one in self._deployment.resources)

    @property
    def logs(self) -> Mapping[str, deque[str]]:
        """The last lines that each function wrote, by its name, and the failed executions of each state machine."""
        return self._runtime.logs

    def client(self, service: str) -> Json:
        """A boto3 client of this cloud."""
        return self._aws.client(service)

    def base_url(self, word: str) -> str:
        """Where the REST API is whose name or logical id holds that word; no slash at the end."""
        return f"http://127.0.0.1:{self._gateway_port}/{word.lower()}"

    @property
    def apis(self) -> Mapping[str, str]:
        """The local address of each REST API, by the word that it is called."""
        words = [word_of(one.name) for one in self._deployment.of("AWS::ApiGateway::RestApi")]
        return {word: self.base_url(word) for word in words}

    def physical(self, name: str) -> str:
        """What `Ref` gives for the resource of that name: its logical id, with or without CDK's hash, the end of its
        physical name, or an end or the beginning of its logical id in any spelling (`create_package`).


        For a table, bucket or function its name, for a queue its URL, for a secret or state machine its ARN.
        KeyError: there are none or several.
        """
        return self._find(name, *self._resources()).ref

    def invoke(self, function: str, event: Json) -> Invocation:
        """Invoke a function, by a name as `physical` takes it, and wait."""
        functions = [one for one in self._resources() if one.type == "AWS::Lambda::Function"]
        return self._runtime.invoke(self._find(function, *functions).name, json.dumps(event).encode())

    def _resources(self) -> list[Resource]:
        return [one for one in self._deployment.resources if not one.type.startswith(_WITHOUT_A_NAME)]

    def _find(self, name: str, *among: Resource) -> Resource:
        for matches in (
            lambda one: name in (one.id, one.name),
            lambda one: _plain(one.id) == _plain(name),
            lambda one: one.name.endswith(name),
            lambda one: _plain(one.id).endswith(_plain(name)),
            lambda one: _plain(one.id).startswith(_plain(name)),
        ):
            found = [one for one in among if matches(one)]
            if len(found) == 1:
                return found[0]
            if found:
                raise KeyError(f"{name!r} names several resources: {[one.id for one in found]}")
        raise KeyError(f"{name!r} names none of {sorted(one.name for one in among)}")

    def _deploy(self, scratch: Path) -> Deployment:
        site = Site(
            region=self.region,
            client=self._aws.client,
            runtime=self._runtime,
            assembly=self._assembly,
            scratch=scratch,
        )

        def localise(text: str) -> str:
            """AWS's address of a REST API, stage and all, becomes the gateway's."""
            return _REST_API_URL.sub(lambda match: self.base_url(site.api_words[match[1]]), text)

        return deploy(site, parameters=self._parameters(), localise=localise)

    def _parameters(self) -> dict[str, str]:
        declared = {name for stack in self._assembly.stacks for name in stack.template.get("Parameters", {})}
        supplied = {name: self.base_url(match[1]) for name in declared if (match := _BASE_URL.fullmatch(name))}
        return {**supplied, **self._given_parameters}

    def _start(self, undo: ExitStack) -> None:
        apis = read_rest_apis(self._deployment, region=self.region)
        server = GatewayServer(Gateway(apis, self._runtime.invoke), port=self._gateway_port)
        server.start()
        undo.callback(server.stop)
        pollers = Pollers(self._deployment, client=self.client, invoke=self._runtime.invoke, scale=self._time_scale)
        pollers.start()
        undo.callback(pollers.stop)


def _plain(logical_id: str) -> str:
    """`CoupaCreatePackageFunction2D542339`, as CDK makes it, and `create_package` both end in `createpackage`."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id).removesuffix("Function").replace("_", "").replace("-", "").lower()
