"""moto's server with what the tests agents-path.* need of AWS and moto lacks. Each of the modules says what that is.

    python -m aws '{"account": ..., "endpoint": ..., ...}'
"""

import json
import os
import sys
from typing import Any
from urllib.parse import urlsplit


def main(options: dict[str, Any]) -> None:
    os.environ["MOTO_ACCOUNT_ID"] = options["account"]

    from . import access, custom_resources, ecs, functions, references, secret_resource, stacks
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    access.install()
    custom_resources.install(options["answers"], options["record"])
    ecs.install()
    functions.install(options)
    references.install()
    secret_resource.install()
    stacks.install()

    app = DomainDispatcherApplication(create_backend_app)
    port = urlsplit(options["endpoint"]).port
    make_server("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler).serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
