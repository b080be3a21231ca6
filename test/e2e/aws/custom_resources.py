"""Custom resources as CloudFormation creates them, for all agents-path.*.test.ts: it sends a request, waits for the answer, and
takes a failure for one. moto doesn't wait, and takes no failure for an answer:
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/custom_model.py
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/responses.py (process_cfn_response)
"""

import json
import uuid
from typing import Any

from moto.awslambda.utils import get_backend as get_lambda_backend
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudtrail.responses import CloudTrailResponse

_answers: dict[str, dict[str, Any]] = {}


def install(answers: str, record: str) -> None:
    """`answers` is the host that takes them. `record` is the file that keeps every request with its answer, one JSON object in a line."""

    def take_answer(self: CloudFormationResponse) -> tuple[int, dict[str, int], str]:
        answer = json.loads(self.body)
        _answers[answer["RequestId"]] = answer
        return 200, {"status": 200}, ""

    def create(cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> CustomModel:
        properties = _as_text(cloudformation_json["Properties"])
        event = {
            "RequestType": "Create",
            "RequestId": str(uuid.uuid4()),
            "ResponseURL": f"https://{answers}/cloudformation_{region_name}/cfnresponse?stack={kwargs['StackId']}",
            "ServiceToken": properties["ServiceToken"],
            "StackId": kwargs["StackId"],
            "LogicalResourceId": kwargs["LogicalId"],
            "ResourceType": kwargs["ResourceType"],
            "ResourceProperties": properties,
        }
        function = get_lambda_backend(account_id, region_name).get_function(event["ServiceToken"])
        function.invoke(json.dumps(event), {"x-amz-invocation-type": "Event"}, {})
        # The function has ended, so that no answer will come any more.
        answer = _answers.pop(event["RequestId"], {"Status": "FAILED", "Reason": "the function did not answer"})
        with open(record, "a", encoding="utf8") as file:
            file.write(json.dumps({"event": event, "answer": answer}) + "\n")
        if answer["Status"] != "SUCCESS":
            raise RuntimeError(f"{event['LogicalResourceId']}: {answer['Reason']}")
        resource = CustomModel(region_name, "", kwargs["LogicalId"], answer["PhysicalResourceId"])
        resource.set_data(answer.get("Data") or {})
        return resource

    authorize = CloudFormationResponse._authenticate_and_authorize_normal_action

    def unless_signed(self: CloudFormationResponse, resource: str = "*") -> None:
        # The address itself is signed, so whoever has it may answer.
        if self._get_action() != "ProcessCfnResponse":
            authorize(self, resource)

    CloudFormationResponse.process_cfn_response = take_answer
    CloudFormationResponse._authenticate_and_authorize_normal_action = unless_signed
    CustomModel.create_from_cloudformation_json = classmethod(create)
    CustomModel.get_cfn_attribute = lambda self, name: self.data[name]
    # The cdk command looks there for the cause of a failure. moto doesn't know the operation, and cdk tries it for half a minute.
    CloudTrailResponse.lookup_events = lambda self: json.dumps({"Events": []})


def _as_text(value: Any) -> Any:
    """CloudFormation turns every value into a string."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
