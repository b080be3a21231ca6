"""What moto leaves out of IAM, for all agents-path.*.test.ts.

It compares the resource of a statement with "*" unless the service names the resource of a request, so that a role which may
read one secret could read none: https://github.com/getmoto/moto/blob/5.2.5/moto/core/responses.py (_determine_resource), which
IAM, STS and SQS have. And it takes a question mark of a pattern for one of a regular expression:
https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py (IAMPolicyStatement._match). And it stumbles over the
policies that a template has inside of a role: https://github.com/getmoto/moto/blob/5.2.5/moto/iam/models.py (Role.put_policy), or
that a key has which it has made: https://github.com/getmoto/moto/blob/5.2.5/moto/kms/models.py (Key.create_from_cloudformation_json).
And what it refuses, it refuses in XML, which the clients of Secrets Manager can't read:
https://github.com/getmoto/moto/blob/5.2.5/moto/core/exceptions.py (AccessDeniedError).
"""

import json
import re
from re import Match
from typing import Any

from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.iam.access_control import IAMPolicyStatement
from moto.iam.models import Role
from moto.kms.models import KmsBackend
from moto.secretsmanager.responses import SecretsManagerResponse


def install() -> None:
    create_key = KmsBackend.create_key

    def create_key_with_text(self: KmsBackend, policy: Any, *args: Any, **kwargs: Any) -> Any:
        return create_key(self, json.dumps(policy) if isinstance(policy, dict) else policy, *args, **kwargs)

    def secret(self: SecretsManagerResponse) -> str:
        secret_id = json.loads(self.body or "{}").get("SecretId")
        if not secret_id:
            return "*"
        if secret_id in self.backend.secrets:
            return self.backend.secrets[secret_id].arn
        return secret_id if secret_id.startswith("arn:") else f"arn:aws:secretsmanager:{self.region}:{self.current_account}:secret:{secret_id}"

    def match(pattern: str, text: str) -> Match[str] | None:
        expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
        # Actions are the same in upper and lower case, ARNs are not.
        return re.fullmatch(expression, text, re.DOTALL | (0 if pattern.startswith("arn:") else re.IGNORECASE))

    authorize = SecretsManagerResponse._authenticate_and_authorize_normal_action

    def authorize_in_json(self: SecretsManagerResponse, resource: str = "*") -> None:
        try:
            authorize(self, resource)
        except AccessDeniedError as error:
            raise JsonRESTError("AccessDeniedException", f"{error.message} on resource: {resource}") from error

    put_policy = Role.put_policy

    def put_policy_as_text(self: Role, name: str, document: Any) -> None:
        put_policy(self, name, document if isinstance(document, str) else json.dumps(document))

    SecretsManagerResponse._authenticate_and_authorize_normal_action = authorize_in_json
    Role.put_policy = put_policy_as_text
    KmsBackend.create_key = create_key_with_text
    SecretsManagerResponse._determine_resource = secret
    IAMPolicyStatement._match = staticmethod(match)
