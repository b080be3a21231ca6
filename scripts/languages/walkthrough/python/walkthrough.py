"""Every class and every factory of the public API from Python, as typescript/walkthrough.ts has it from TypeScript."""

import json
import os

from aws_cdk import (
    App,
    CfnOutput,
    Duration,
    Environment,
    RemovalPolicy,
    SecretValue,
    Stack,
    aws_codebuild as codebuild,
    aws_ec2 as ec2,
    aws_ecs as ecs,
    aws_ecs_patterns as patterns,
    aws_events as events,
    aws_iam as iam,
    aws_kms as kms,
    aws_logs as logs,
    aws_secretsmanager as secretsmanager,
    pipelines,
)
from cdk_private_registry import (
    ImageReference,
    PrivateRegistry,
    PrivateRegistryBuildImage,
    PrivateRegistryContainerOptions,
    PrivateRegistryFargateService,
    PrivateRegistryImage,
    PullCheckFunction,
    PullCheckMode,
    PullCheckOptions,
    PullFailure,
    PullWatchdog,
    RegistryCredentials,
    RegistryProvider,
)

ENV = Environment(account="111122223333", region="eu-west-1")
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"
FOREIGN_SECRET = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:quay/pull-d4E5f6"
FOREIGN_KEY = "arn:aws:kms:eu-west-1:444455556666:key/11111111-2222-3333-4444-555555555555"


class ProvidersStack(Stack):
    """Every registry and what is known about it."""

    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.describe("DockerHub", RegistryProvider.DOCKER_HUB)
        self.describe("Ghcr", RegistryProvider.GHCR)
        self.describe("Gitlab", RegistryProvider.GITLAB)
        self.describe("Quay", RegistryProvider.QUAY)
        self.describe("RedHat", RegistryProvider.RED_HAT)
        self.describe("Nvidia", RegistryProvider.NVIDIA)
        self.describe("Chainguard", RegistryProvider.CHAINGUARD)
        self.describe("DockerHardenedImages", RegistryProvider.DOCKER_HARDENED_IMAGES)
        self.describe("GitlabDependencyProxy", RegistryProvider.GITLAB_DEPENDENCY_PROXY)
        self.describe("DigitalOcean", RegistryProvider.DIGITALOCEAN)
        self.describe("Ibm", RegistryProvider.IBM)
        self.describe("Cloudsmith", RegistryProvider.CLOUDSMITH)
        self.describe("SelfManagedGitlab", RegistryProvider.self_managed_gitlab("registry.example.com", auth_host="gitlab.example.com"))
        self.describe("GithubEnterprise", RegistryProvider.github_enterprise("acme.ghe.com"))
        self.describe("Azure", RegistryProvider.azure("acme"))
        self.describe("Google", RegistryProvider.google_artifact_registry("europe-west1"))
        self.describe("Jfrog", RegistryProvider.jfrog("acme.jfrog.io"))
        self.describe("Harbor", RegistryProvider.harbor("harbor.example.com", private_network=True))
        self.describe("Nexus", RegistryProvider.nexus("nexus.example.com:8443"))
        self.describe("Alibaba", RegistryProvider.alibaba("eu-central-1"))
        self.describe("Oracle", RegistryProvider.oracle("fra"))
        self.describe("Gitea", RegistryProvider.gitea("git.example.com"))
        self.describe(
            "Custom",
            RegistryProvider.custom(
                "registry.example.com:5000",
                auth_host="auth.example.com",
                aliases=["mirror.example.com"],
                private_network=True,
            ),
        )
        self.describe("ForImage", RegistryProvider.for_image("ghcr.io/acme/api:1.4.2"))

        reference = ImageReference.parse("ghcr.io/acme/api:1.4.2")
        pinned = reference.with_digest("sha256:" + "0" * 64)
        self.output("Reference", [reference.host, reference.repository, reference.tag, reference.digest, reference.to_string()])
        self.output("Pinned", [pinned.host, pinned.repository, pinned.tag, pinned.digest, pinned.to_string()])

    def describe(self, id, provider):
        self.output(
            id,
            [
                provider.host,
                *provider.aliases,
                provider.auth_host,
                provider.username_hint,
                provider.password_hint,
                provider.private_network,
                provider.serves_host("mirror.example.com"),
            ],
        )

    def output(self, id, values):
        CfnOutput(self, id, value=" | ".join(text(value) for value in values))


def text(value):
    """As the other languages write it."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else value


class CredentialsStack(Stack):
    """Every way to credentials, each in a registry of its own."""

    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
        key = kms.Key(self, "Key")

        self.run("Arn", RegistryProvider.GHCR, RegistryCredentials.from_secret_complete_arn(SECRET, replica_regions=["eu-central-1"]))
        self.run("Secret", RegistryProvider.GITLAB, RegistryCredentials.from_secret(secretsmanager.Secret(self, "Owned")))
        self.run("Name", RegistryProvider.DOCKER_HUB, RegistryCredentials.from_secret_name("docker-hub-pull", encryption_key=key))
        self.run(
            "Value",
            RegistryProvider.NVIDIA,
            RegistryCredentials.from_secret_value(
                username="$oauthtoken",
                password=SecretValue.secrets_manager("tokens", json_field="nvidia"),
                secret_name="nvidia-pull",
                description="made from another secret",
                encryption_key=key,
                removal_policy=RemovalPolicy.RETAIN,
            ),
        )
        self.run("Parameters", RegistryProvider.RED_HAT, RegistryCredentials.from_parameters(removal_policy=RemovalPolicy.DESTROY))
        self.run("DefaultParameters", RegistryProvider.CHAINGUARD, RegistryCredentials.from_parameters())
        PrivateRegistry(
            self,
            "Placeholder",
            provider=RegistryProvider.azure("acme"),
            credentials=RegistryCredentials.placeholder(secret_name="azure-pull"),
        )

        foreign = self.run(
            "Foreign",
            RegistryProvider.QUAY,
            RegistryCredentials.from_secret_complete_arn(FOREIGN_SECRET, encryption_key_arn=FOREIGN_KEY),
        )
        puller = iam.Role(self, "Puller", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
        grant = foreign.grant_pull(puller)
        usage = pipelines.DockerCredentialUsage.SYNTH
        foreign.docker_credential([usage]).grant_read(puller, usage)
        self.build("Build", foreign.build_image(codebuild.LinuxArmBuildImage.from_docker_registry("quay.io/acme/build:1.4.2")))
        other = codebuild.LinuxBuildImage.from_docker_registry("ghcr.io/acme/build:1.4.2")
        self.build("OtherBuild", PrivateRegistryBuildImage(other, credentials=RegistryCredentials.from_secret_complete_arn(SECRET)))
        policies = foreign.owner_policies()
        CfnOutput(self, "Granted", value=f"{text(grant.success)} {foreign.secret.secret_arn}")
        for id, policy in {"SecretPolicy": policies.secret_policy, "KeyPolicy": policies.key_policy}.items():
            CfnOutput(self, id, value=self.to_json_string(policy))

    def build(self, id, build_image):
        codebuild.Project(
            self,
            id,
            build_spec=codebuild.BuildSpec.from_source_filename("buildspec.yml"),
            source=codebuild.Source.git_hub(owner="acme", repo="api"),
            environment=codebuild.BuildEnvironment(build_image=build_image),
        )

    def run(self, id, provider, credentials):
        registry = PrivateRegistry(self, id, provider=provider, credentials=credentials)
        self.task.add_container(
            f"{id}Container",
            image=registry.image(f"{registry.host}/acme/api:1.4.2"),
            memory_limit_mib=128,
        )
        return registry


class AcmeService(PrivateRegistryFargateService):
    """A service as a company would make it from ours."""

    def __init__(self, scope, id, **kwargs):
        super().__init__(
            scope,
            id,
            container_port=8080,
            container_options=PrivateRegistryContainerOptions(readonly_root_filesystem=True, stop_timeout=Duration.seconds(90)),
            log_retention=logs.RetentionDays.ONE_YEAR,
            **kwargs,
        )


class ServicesStack(Stack):
    """The image in every kind of task definition, and options of the check."""

    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        credentials = RegistryCredentials.from_secret_complete_arn(SECRET)
        check_function = PullCheckFunction(self, "Check", log_retention=logs.RetentionDays.ONE_WEEK)
        registry = PrivateRegistry(
            self,
            "Registry",
            provider=RegistryProvider.GHCR,
            credentials=credentials,
            pull_check=PullCheckOptions(check_function=check_function, trigger="build 7"),
            pin_digest=True,
        )

        api = AcmeService(
            self,
            "Api",
            cluster=cluster,
            registry=registry,
            image="ghcr.io/acme/api:1.4.2",
            environment={"STAGE": "production"},
            pull_check=PullCheckOptions(trigger="build 8"),
        )
        api.task_definition.add_container(
            "agent",
            image=registry.image("ghcr.io/acme/agent:2.1.0", pull_check=PullCheckOptions(mode=PullCheckMode.WARN), pin_digest=False),
            essential=False,
        )
        api.connections.allow_from_any_ipv4(ec2.Port.tcp(9090))
        api.target_group.configure_health_check(path="/healthz")
        registry.secret.grant_read(api)
        api.on_pull_failure("CannotPull", description="a task of the service could not pull its image")
        self.output("Service", api.service.service_name)
        self.output("Pattern", api.pattern.service.service_name)
        self.output("LoadBalancer", api.load_balancer.load_balancer_arn)
        self.output("Listener", api.listener.listener_arn)
        self.output("ClusterName", api.cluster.cluster_name)
        self.output("ExecutionRole", api.execution_role.role_arn)
        self.output("Secret", api.secret.secret_arn)
        self.output("Host", f"{api.registry.host} {api.registry.provider.username_hint}")

        inside = PullCheckOptions(
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            restricted_network=True,
            ask_expiry=True,
            timeout=Duration.seconds(45),
        )
        worker = ecs.FargateTaskDefinition(self, "Worker")
        worker.add_container(
            "worker",
            image=PrivateRegistryImage(
                "harbor.example.com/acme/worker:3.0.0",
                provider=RegistryProvider.harbor("harbor.example.com", private_network=True),
                credentials=credentials,
                pull_check=inside,
            ),
        )
        events.Rule(self, "WorkerCannotPull", event_pattern=PullFailure.event_pattern(worker))
        watchdog = PullWatchdog(self, "Watchdog", interval=Duration.hours(2), expiry_notice=Duration.days(21))
        CfnOutput(self, "WatchdogAlarm", value=watchdog.cannot_pull_alarm.alarm_name)

        imported = PullCheckFunction.from_pull_check_function_attributes(
            self, "Imported", function_arn="arn:aws:lambda:eu-west-1:111122223333:function:pull-check"
        )
        anywhere = ecs.ExternalTaskDefinition(self, "Anywhere")
        anywhere.add_container(
            "edge",
            image=PrivateRegistryImage(
                "ghcr.io/acme/edge:1.0.0",
                credentials=credentials,
                pull_check=PullCheckOptions(check_function=imported, mode=PullCheckMode.ENFORCE),
            ),
            memory_limit_mib=128,
        )

        # The tag that everybody is warned of.
        patterns.ApplicationLoadBalancedFargateService(
            self,
            "Raw",
            cluster=cluster,
            task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                image=PrivateRegistryImage(
                    "ghcr.io/acme/web:latest",
                    credentials=credentials,
                    pull_check=PullCheckOptions(mode=PullCheckMode.OFF),
                ),
            ),
        )

    def output(self, id, value):
        CfnOutput(self, f"{id}Output", value=value)


def mistakes():
    """What the mistakes are refused with."""
    app = App(auto_synth=False)
    stack = Stack(app, "Mistakes", env=ENV)
    image = "ghcr.io/acme/api:1.4.2"
    credentials = RegistryCredentials.from_secret_complete_arn(SECRET)
    registry = PrivateRegistry(stack, "Registry", provider=RegistryProvider.GHCR, credentials=credentials)

    def plain_text():
        password = SecretValue.unsafe_plain_text("hunter2")
        PrivateRegistry(
            stack,
            "Plain",
            provider=RegistryProvider.GHCR,
            credentials=RegistryCredentials.from_secret_value(username="bot", password=password),
        )

    def immutable_role():
        role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/execution", mutable=False)
        PrivateRegistryFargateService(stack, "Immutable", image=image, credentials=credentials, execution_role=role)

    def at_synth():
        late = App(auto_synth=False, outdir="late.out")
        late_stack = Stack(late, "Late", env=ENV)
        role = iam.Role(late_stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        task = ecs.FargateTaskDefinition(late_stack, "Task", execution_role=role)
        task.add_container("api", image=PrivateRegistryImage(image, credentials=credentials))
        late.synth()

    return {
        "upperCase": message_of(lambda: PrivateRegistryImage("ghcr.io/Acme/api:1.4.2", credentials=credentials)),
        "both": message_of(lambda: PrivateRegistryFargateService(stack, "Both", image=image, credentials=credentials, registry=registry)),
        "neither": message_of(lambda: PrivateRegistryFargateService(stack, "Neither", image=image)),
        "otherHost": message_of(lambda: registry.image("quay.io/acme/api:1.4.2")),
        "partialArn": message_of(lambda: RegistryCredentials.from_secret_complete_arn(SECRET[: -len("-a1B2c3")])),
        "plainText": message_of(plain_text),
        "immutableRole": message_of(immutable_role),
        "atSynth": message_of(at_synth),
    }


def message_of(mistake):
    try:
        mistake()
    except RuntimeError as error:
        return str(error)
    raise AssertionError("nothing was raised")


app = App()
if os.environ.get("UNCAUGHT"):
    stack = Stack(app, "Uncaught", env=ENV)
    credentials = RegistryCredentials.from_secret_complete_arn(SECRET)
    registry = PrivateRegistry(stack, "Registry", provider=RegistryProvider.GHCR, credentials=credentials)
    PrivateRegistryFargateService(stack, "Api", image="ghcr.io/acme/api:1.4.2", credentials=credentials, registry=registry)
ProvidersStack(app, "Providers", env=ENV)
CredentialsStack(app, "Credentials", env=ENV)
ServicesStack(app, "Services", env=ENV)
app.synth()
with open("mistakes.json", "w") as file:
    json.dump(mistakes(), file)
