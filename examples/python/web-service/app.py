import aws_cdk as cdk
from cdk_private_registry import PrivateRegistryFargateService, RegistryCredentials

app = cdk.App()
stack = cdk.Stack(app, "WebService", env=cdk.Environment(account="111122223333", region="eu-west-1"))

PrivateRegistryFargateService(
    stack,
    "Api",
    image="ghcr.io/acme/api:1.4.2",
    credentials=RegistryCredentials.from_secret_complete_arn(
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"
    ),
    container_port=8080,
    desired_count=2,
)

app.synth()
