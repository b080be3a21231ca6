"""Lambda without a container engine, for all agents-path.*.test.ts: a deployed function runs in a process of Node.js 24.

moto's own backend for Lambda starts a container for each invocation and has no other way to run code:
https://github.com/getmoto/moto/blob/5.2.5/moto/awslambda/models.py (LambdaFunction._invoke_lambda)

What the function gets is what Lambda gives it: the code as it was published, unpacked, the variables of its template, those of
the Lambda runtime, and credentials of its role from STS. Beside them it gets the address of moto, and trusts the registries.
"""

import io
import json
import subprocess
import tempfile
import zipfile
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.sts.models import sts_backends

#: Ends what the function wrote to a stream, see test/support/lambda-process.ts.
END = "\0"

_create = LambdaFunction.create_from_cloudformation_json.__func__


def install(options: dict[str, Any]) -> None:
    def invoke(self: LambdaFunction, event: Any = None) -> tuple[str, bool, str]:
        self.logs_backend.ensure_log_group(self.logs_group_name)
        result, failed, logs = _run(self, event, options)
        self.save_logs(logs)
        with open(options["functionLog"], "a", encoding="utf8") as file:
            file.write(logs)
        return result, failed, logs

    # moto forgets LoggingConfig: https://github.com/getmoto/moto/blob/5.2.5/moto/awslambda/models.py (optional_properties)
    def create(cls: Any, name: str, template: Any, *args: Any, **kwargs: Any) -> LambdaFunction:
        function = _create(cls, name, template, *args, **kwargs)
        function.logs_group_name = template["Properties"].get("LoggingConfig", {}).get("LogGroup") or function.logs_group_name
        return function

    LambdaFunction._invoke_lambda = invoke
    LambdaFunction.create_from_cloudformation_json = classmethod(create)


def _run(function: LambdaFunction, event: Any, options: dict[str, Any]) -> tuple[str, bool, str]:
    module, handler = function.handler.rsplit(".", 1)
    with tempfile.TemporaryDirectory(prefix="lambda-") as directory:
        with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as code:
            code.extractall(directory)
        settings = {"bundle": f"{directory}/{module}", "routes": {}, "speed": 1}
        command = [options["node"], options["lambdaProcess"], json.dumps(settings)]
        try:
            # The kernel ends the function with this server, however that ends.
            process = subprocess.run(
                ["setpriv", "--pdeathsig", "KILL", "--", *command],
                input=json.dumps({"handler": handler, "event": event}) + "\n",
                env=_environment(function, directory, options),
                cwd=directory,
                capture_output=True,
                encoding="utf8",
                timeout=int(function.timeout),
            )
        except subprocess.TimeoutExpired:
            return json.dumps({"errorMessage": f"Task timed out after {function.timeout} seconds"}), True, ""
    log, _, outcome = process.stdout.partition(END)
    log += process.stderr.replace(END, "")
    if not outcome:
        return json.dumps({"errorType": "Runtime.ExitError"}), True, log
    answer = json.loads(outcome)
    if "error" in answer:
        return json.dumps({"errorMessage": answer["error"]}), True, log
    return json.dumps(answer.get("result")), False, log


def _environment(function: LambdaFunction, directory: str, options: dict[str, Any]) -> dict[str, str]:
    """What https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html names, and the certificates."""
    session = sts_backends[function.account_id][function.partition].assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_DEFAULT_REGION": function.region,
        "AWS_REGION": function.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "LAMBDA_TASK_ROOT": directory,
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        # The clients that come with the Lambda runtime are found in this way, too.
        "NODE_PATH": options["runtimeModules"],
        "AWS_ENDPOINT_URL": options["endpoint"],
        "NODE_EXTRA_CA_CERTS": options["certificateAuthority"],
        **function.environment_vars,
    }
