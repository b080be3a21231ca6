"""What moto leaves out of IAM where this project needs it.

It compares the resource of a statement with "*" unless the service names the resource of a request, so that a role which may
read one secret could read none: https://github.com/getmoto/moto/blob/5.2.5/moto/core/responses.py (_determine_resource), which
IAM, STS and SQS have. And it takes a question mark of a pattern for one of a regular expression:
https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py (IAMPolicyStatement._match). And it stumbles over the
policies that a template has inside of a role: https://github.com/getmoto/moto/blob/5.2.5/moto/iam/models.py (Role.put_policy).

It refuses in XML, also if the client speaks JSON: https://github.com/getmoto/moto/blob/5.2.5/moto/core/exceptions.py
(AccessDeniedError). And it stumbles over the policy of a key that a template has made, which is no text there:
https://github.com/getmoto/moto/blob/5.2.5/moto/kms/models.py (Key.create_from_cloudformation_json)
"""

import json
import re
from re import Match
from typing import Any

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.exceptions import JsonRESTError
from moto.ec2.responses import EC2Response
from moto.iam.access_control import IAMPolicyStatement, IAMRequest
from moto.iam.models import Role
from moto.kms.models import KmsBackend
from moto.secretsmanager.responses import SecretsManagerResponse


#: The services that are asked here, of those whose clients speak JSON.
_JSON = {"ecs", "kms", "logs", "secretsmanager", "ssm"}


def install() -> None:
    deny = IAMRequest._raise_access_denied
    create_key = KmsBackend.create_key

    def deny_in_its_language(self: IAMRequest) -> None:
        if self._service in _JSON:
            user = self._access_key.arn
            raise JsonRESTError("AccessDeniedException", f"User: {user} is not authorized to perform: {self._action}")
        deny(self)

    def create_key_with_text(self: KmsBackend, policy: Any, *args: Any, **kwargs: Any) -> Any:
        return create_key(self, json.dumps(policy) if isinstance(policy, dict) else policy, *args, **kwargs)

    def secret(self: SecretsManagerResponse) -> str:
        secret_id = json.loads(self.body or "{}").get("SecretId")
        if not secret_id:
            return "*"
        if secret_id in self.backend.secrets:
            return self.backend.secrets[secret_id].arn
        return secret_id if secret_id.startswith("arn:") else f"arn:aws:secretsmanager:{self.region}:{self.current_account}:secret:{secret_id}"

    def stack(self: CloudFormationResponse) -> str:
        name = self.querystring.get("StackName", [""])[0]
        stacks = [stack.stack_id for stack in self.cloudformation_backend.stacks.values() if name in (stack.name, stack.stack_id)]
        return (stacks or [name if name.startswith("arn:") else "*"])[0]

    def security_group(self: EC2Response) -> str:
        group = self.querystring.get("GroupId", [""])[0]
        return f"arn:aws:ec2:{self.region}:{self.current_account}:security-group/{group}" if group else "*"

    def match(pattern: str, text: str) -> Match[str] | None:
        expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
        # Actions are the same in upper and lower case, ARNs are not.
        return re.fullmatch(expression, text, re.DOTALL | (0 if pattern.startswith("arn:") else re.IGNORECASE))

    put_policy = Role.put_policy

    def put_policy_as_text(self: Role, name: str, document: Any) -> None:
        put_policy(self, name, document if isinstance(document, str) else json.dumps(document))

    Role.put_policy = put_policy_as_text
    EC2Response._determine_resource = security_group
    IAMRequest._raise_access_denied = deny_in_its_language
    KmsBackend.create_key = create_key_with_text
    SecretsManagerResponse._determine_resource = secret
    CloudFormationResponse._determine_resource = stack
    IAMPolicyStatement._match = staticmethod(match)
