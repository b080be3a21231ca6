"""moto's server with what this project's tests need of AWS and moto lacks. Each of the modules says what that is.

    python -m aws '{"record": ..., "certificate": ..., ...}'

Prints its two ports, of HTTP for the cdk command and the tests, and of HTTPS for the functions, when it is ready.
"""

import json
import os
import sys
import threading
from typing import Any

ACCOUNT = "111122223333"


def main(options: dict[str, Any]) -> None:
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT

    from . import access, custom_resources, ecs, functions, network, references, secret_resource, stacks
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    access.install()
    custom_resources.install(options["record"])
    ecs.install()
    functions.install(options)
    network.install()
    references.install()
    secret_resource.install()
    stacks.install()

    # Both have the same state: moto keeps it in its modules.
    app = DomainDispatcherApplication(create_backend_app)
    http = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    https = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler, ssl_context=(options["certificate"], options["key"])
    )
    aws = {f"{name}.{region}.amazonaws.com": https.server_port for name in options["services"] for region in options["regions"]}
    options["routes"] = {**options["routes"], **{host: {"address": "198.51.100.1", "port": port} for host, port in aws.items()}}
    threading.Thread(target=https.serve_forever, daemon=True).start()
    print(json.dumps({"http": http.server_port, "https": https.server_port}), flush=True)
    http.serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
