package com.acme;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkprivateregistry.CreatedSecretOptions;
import io.github.cdkprivateregistry.CustomRegistryOptions;
import io.github.cdkprivateregistry.IPullCheckFunction;
import io.github.cdkprivateregistry.ImageReference;
import io.github.cdkprivateregistry.OwnerPolicies;
import io.github.cdkprivateregistry.PrivateRegistry;
import io.github.cdkprivateregistry.PrivateRegistryBuildImage;
import io.github.cdkprivateregistry.PrivateRegistryContainerOptions;
import io.github.cdkprivateregistry.PrivateRegistryFargateService;
import io.github.cdkprivateregistry.PrivateRegistryFargateServiceProps;
import io.github.cdkprivateregistry.PrivateRegistryImage;
import io.github.cdkprivateregistry.PrivateRegistryImageOptions;
import io.github.cdkprivateregistry.PullCheckFunction;
import io.github.cdkprivateregistry.PullCheckFunctionAttributes;
import io.github.cdkprivateregistry.PullCheckMode;
import io.github.cdkprivateregistry.PullCheckOptions;
import io.github.cdkprivateregistry.PullFailure;
import io.github.cdkprivateregistry.PullOptions;
import io.github.cdkprivateregistry.PullWatchdog;
import io.github.cdkprivateregistry.RegistryCredentials;
import io.github.cdkprivateregistry.RegistryProvider;
import io.github.cdkprivateregistry.SecretByArnOptions;
import io.github.cdkprivateregistry.SecretByNameOptions;
import io.github.cdkprivateregistry.SecretValueOptions;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.SecretValue;
import software.amazon.awscdk.SecretsManagerSecretOptions;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.pipelines.DockerCredentialUsage;
import software.amazon.awscdk.services.codebuild.BuildEnvironment;
import software.amazon.awscdk.services.codebuild.BuildSpec;
import software.amazon.awscdk.services.codebuild.GitHubSourceProps;
import software.amazon.awscdk.services.codebuild.IBuildImage;
import software.amazon.awscdk.services.codebuild.LinuxArmBuildImage;
import software.amazon.awscdk.services.codebuild.LinuxBuildImage;
import software.amazon.awscdk.services.codebuild.Project;
import software.amazon.awscdk.services.codebuild.Source;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.Ec2TaskDefinition;
import software.amazon.awscdk.services.ecs.ExternalTaskDefinition;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.NetworkMode;
import software.amazon.awscdk.services.ecs.patterns.ApplicationLoadBalancedFargateService;
import software.amazon.awscdk.services.ecs.patterns.ApplicationLoadBalancedTaskImageOptions;
import software.amazon.awscdk.services.elasticloadbalancingv2.HealthCheck;
import software.amazon.awscdk.services.events.OnEventOptions;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.iam.FromRoleArnOptions;
import software.amazon.awscdk.services.iam.Grant;
import software.amazon.awscdk.services.iam.IRole;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/** The whole public API from Java, as typescript/walkthrough.ts has it from TypeScript. */
public class Walkthrough {
    private static final StackProps PROPS = StackProps.builder()
            .env(Environment.builder().account("111122223333").region("eu-west-1").build())
            .build();
    private static final String IMAGE = "ghcr.io/acme/api:1.4.2";
    private static final String SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3";
    private static final String FOREIGN_SECRET = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:quay/pull-d4E5f6";
    private static final String FOREIGN_KEY = "arn:aws:kms:eu-west-1:444455556666:key/11111111-2222-3333-4444-555555555555";

    /** Every registry and what is known about it. */
    static class ProvidersStack extends Stack {
        ProvidersStack(final Construct scope, final String id) {
            super(scope, id, PROPS);
            describe("DockerHub", RegistryProvider.DOCKER_HUB);
            describe("Ghcr", RegistryProvider.GHCR);
            describe("Gitlab", RegistryProvider.GITLAB);
            describe("Quay", RegistryProvider.QUAY);
            describe("RedHat", RegistryProvider.RED_HAT);
            describe("Nvidia", RegistryProvider.NVIDIA);
            describe("Chainguard", RegistryProvider.CHAINGUARD);
            describe("DockerHardenedImages", RegistryProvider.DOCKER_HARDENED_IMAGES);
            describe("GitlabDependencyProxy", RegistryProvider.GITLAB_DEPENDENCY_PROXY);
            describe("DigitalOcean", RegistryProvider.DIGITALOCEAN);
            describe("Ibm", RegistryProvider.IBM);
            describe("Cloudsmith", RegistryProvider.CLOUDSMITH);
            describe("SelfManagedGitlab", RegistryProvider.selfManagedGitlab("registry.example.com", CustomRegistryOptions.builder()
                    .authHost("gitlab.example.com")
                    .build()));
            describe("GithubEnterprise", RegistryProvider.githubEnterprise("acme.ghe.com"));
            describe("Azure", RegistryProvider.azure("acme"));
            describe("Google", RegistryProvider.googleArtifactRegistry("europe-west1"));
            describe("Jfrog", RegistryProvider.jfrog("acme.jfrog.io"));
            describe("Harbor", RegistryProvider.harbor("harbor.example.com", CustomRegistryOptions.builder().privateNetwork(true).build()));
            describe("Nexus", RegistryProvider.nexus("nexus.example.com:8443"));
            describe("Alibaba", RegistryProvider.alibaba("eu-central-1"));
            describe("Oracle", RegistryProvider.oracle("fra"));
            describe("Gitea", RegistryProvider.gitea("git.example.com"));
            describe("Custom", RegistryProvider.custom("registry.example.com:5000", CustomRegistryOptions.builder()
                    .authHost("auth.example.com")
                    .aliases(List.of("mirror.example.com"))
                    .privateNetwork(true)
                    .build()));
            describe("ForImage", RegistryProvider.forImage(IMAGE));

            ImageReference reference = ImageReference.parse(IMAGE);
            ImageReference pinned = reference.withDigest("sha256:" + "0".repeat(64));
            output("Reference", Arrays.asList(
                    reference.getHost(), reference.getRepository(), reference.getTag(), reference.getDigest(), reference.toString()));
            output("Pinned", Arrays.asList(
                    pinned.getHost(), pinned.getRepository(), pinned.getTag(), pinned.getDigest(), pinned.toString()));
        }

        private void describe(final String id, final RegistryProvider provider) {
            List<Object> values = new ArrayList<>(List.of(provider.getHost()));
            values.addAll(provider.getAliases());
            values.addAll(Arrays.asList(
                    provider.getAuthHost(), provider.getUsernameHint(), provider.getPasswordHint(),
                    provider.getPrivateNetwork(), provider.servesHost("mirror.example.com")));
            output(id, values);
        }

        private void output(final String id, final List<?> values) {
            CfnOutput.Builder.create(this, id)
                    .value(values.stream().map(value -> value == null ? "none" : value.toString()).collect(Collectors.joining(" | ")))
                    .build();
        }
    }

    /** Every way to credentials, each in a registry of its own. */
    static class CredentialsStack extends Stack {
        private final Ec2TaskDefinition task;

        CredentialsStack(final Construct scope, final String id) {
            super(scope, id, PROPS);
            task = Ec2TaskDefinition.Builder.create(this, "Task").networkMode(NetworkMode.AWS_VPC).build();
            Key key = new Key(this, "Key");

            run("Arn", RegistryProvider.GHCR, RegistryCredentials.fromSecretCompleteArn(SECRET, SecretByArnOptions.builder()
                    .replicaRegions(List.of("eu-central-1"))
                    .build()));
            run("Secret", RegistryProvider.GITLAB, RegistryCredentials.fromSecret(new Secret(this, "Owned")));
            run("Name", RegistryProvider.DOCKER_HUB, RegistryCredentials.fromSecretName("docker-hub-pull", SecretByNameOptions.builder()
                    .encryptionKey(key)
                    .build()));
            run("Value", RegistryProvider.NVIDIA, RegistryCredentials.fromSecretValue(SecretValueOptions.builder()
                    .username("$oauthtoken")
                    .password(SecretValue.secretsManager("tokens", SecretsManagerSecretOptions.builder().jsonField("nvidia").build()))
                    .secretName("nvidia-pull")
                    .description("made from another secret")
                    .encryptionKey(key)
                    .removalPolicy(RemovalPolicy.RETAIN)
                    .build()));
            run("Parameters", RegistryProvider.RED_HAT, RegistryCredentials.fromParameters(CreatedSecretOptions.builder()
                    .removalPolicy(RemovalPolicy.DESTROY)
                    .build()));
            run("DefaultParameters", RegistryProvider.CHAINGUARD, RegistryCredentials.fromParameters());
            PrivateRegistry.Builder.create(this, "Placeholder")
                    .provider(RegistryProvider.azure("acme"))
                    .credentials(RegistryCredentials.placeholder(CreatedSecretOptions.builder().secretName("azure-pull").build()))
                    .build();

            PrivateRegistry foreign = run("Foreign", RegistryProvider.QUAY,
                    RegistryCredentials.fromSecretCompleteArn(FOREIGN_SECRET, SecretByArnOptions.builder()
                            .encryptionKeyArn(FOREIGN_KEY)
                            .build()));
            Role puller = Role.Builder.create(this, "Puller")
                    .assumedBy(new ServicePrincipal("codebuild.amazonaws.com"))
                    .build();
            Grant grant = foreign.grantPull(puller);
            foreign.dockerCredential(List.of(DockerCredentialUsage.SYNTH)).grantRead(puller, DockerCredentialUsage.SYNTH);
            build("Build", foreign.buildImage(LinuxArmBuildImage.fromDockerRegistry("quay.io/acme/build:1.4.2")));
            build("OtherBuild", new PrivateRegistryBuildImage(LinuxBuildImage.fromDockerRegistry("ghcr.io/acme/build:1.4.2"),
                    PrivateRegistryImageOptions.builder().credentials(RegistryCredentials.fromSecretCompleteArn(SECRET)).build()));
            OwnerPolicies policies = foreign.ownerPolicies();
            output("Granted", grant.getSuccess() + " " + foreign.getSecret().getSecretArn());
            output("SecretPolicy", toJsonString(policies.getSecretPolicy()));
            output("KeyPolicy", toJsonString(policies.getKeyPolicy()));
        }

        private void build(final String id, final IBuildImage buildImage) {
            Project.Builder.create(this, id)
                    .buildSpec(BuildSpec.fromSourceFilename("buildspec.yml"))
                    .source(Source.gitHub(GitHubSourceProps.builder().owner("acme").repo("api").build()))
                    .environment(BuildEnvironment.builder().buildImage(buildImage).build())
                    .build();
        }

        private PrivateRegistry run(final String id, final RegistryProvider provider, final RegistryCredentials credentials) {
            PrivateRegistry registry = PrivateRegistry.Builder.create(this, id).provider(provider).credentials(credentials).build();
            task.addContainer(id + "Container", ContainerDefinitionOptions.builder()
                    .image(registry.image(registry.getHost() + "/acme/api:1.4.2"))
                    .memoryLimitMiB(128)
                    .build());
            return registry;
        }

        private void output(final String id, final String value) {
            CfnOutput.Builder.create(this, id).value(value).build();
        }
    }

    /** A service as a company would make it from ours. */
    static class AcmeService extends PrivateRegistryFargateService {
        AcmeService(final Construct scope, final String id, final PrivateRegistryFargateServiceProps.Builder props) {
            super(scope, id, props
                    .containerPort(8080)
                    .containerOptions(PrivateRegistryContainerOptions.builder()
                            .readonlyRootFilesystem(true)
                            .stopTimeout(Duration.seconds(90))
                            .build())
                    .logRetention(RetentionDays.ONE_YEAR)
                    .build());
        }
    }

    /** The image in every kind of task definition, and options of the check. */
    static class ServicesStack extends Stack {
        ServicesStack(final Construct scope, final String id) {
            super(scope, id, PROPS);
            Vpc vpc = Vpc.Builder.create(this, "Vpc").maxAzs(2).natGateways(1).build();
            Cluster cluster = Cluster.Builder.create(this, "Cluster").vpc(vpc).build();
            RegistryCredentials credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
            PullCheckFunction checkFunction = PullCheckFunction.Builder.create(this, "Check").logRetention(RetentionDays.ONE_WEEK).build();
            PrivateRegistry registry = PrivateRegistry.Builder.create(this, "Registry")
                    .provider(RegistryProvider.GHCR)
                    .credentials(credentials)
                    .pullCheck(PullCheckOptions.builder().checkFunction(checkFunction).trigger("build 7").build())
                    .pinDigest(true)
                    .build();

            AcmeService api = new AcmeService(this, "Api", PrivateRegistryFargateServiceProps.builder()
                    .cluster(cluster)
                    .registry(registry)
                    .image(IMAGE)
                    .environment(Map.of("STAGE", "production"))
                    .pullCheck(PullCheckOptions.builder().trigger("build 8").build()));
            api.getTaskDefinition().addContainer("agent", ContainerDefinitionOptions.builder()
                    .image(registry.image("ghcr.io/acme/agent:2.1.0", PullOptions.builder()
                            .pullCheck(PullCheckOptions.builder().mode(PullCheckMode.WARN).build())
                            .pinDigest(false)
                            .build()))
                    .essential(false)
                    .build());
            api.getConnections().allowFromAnyIpv4(Port.tcp(9090));
            api.getTargetGroup().configureHealthCheck(HealthCheck.builder().path("/healthz").build());
            registry.getSecret().grantRead(api);
            api.onPullFailure("CannotPull", OnEventOptions.builder()
                    .description("a task of the service could not pull its image")
                    .build());
            output("Service", api.getService().getServiceName());
            output("Pattern", api.getPattern().getService().getServiceName());
            output("LoadBalancer", api.getLoadBalancer().getLoadBalancerArn());
            output("Listener", api.getListener().getListenerArn());
            output("ClusterName", api.getCluster().getClusterName());
            output("ExecutionRole", api.getExecutionRole().getRoleArn());
            output("Secret", api.getSecret().getSecretArn());
            output("Host", api.getRegistry().getHost() + " " + api.getRegistry().getProvider().getUsernameHint());

            PullCheckOptions inside = PullCheckOptions.builder()
                    .vpc(vpc)
                    .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PRIVATE_WITH_EGRESS).build())
                    .restrictedNetwork(true)
                    .askExpiry(true)
                    .timeout(Duration.seconds(45))
                    .build();
            FargateTaskDefinition worker = new FargateTaskDefinition(this, "Worker");
            worker.addContainer("worker", ContainerDefinitionOptions.builder()
                    .image(PrivateRegistryImage.Builder.create("harbor.example.com/acme/worker:3.0.0")
                            .provider(RegistryProvider.harbor("harbor.example.com", CustomRegistryOptions.builder().privateNetwork(true).build()))
                            .credentials(credentials)
                            .pullCheck(inside)
                            .build())
                    .build());
            Rule.Builder.create(this, "WorkerCannotPull").eventPattern(PullFailure.eventPattern(worker)).build();
            PullWatchdog watchdog = PullWatchdog.Builder.create(this, "Watchdog")
                    .interval(Duration.hours(2))
                    .expiryNotice(Duration.days(21))
                    .build();
            CfnOutput.Builder.create(this, "WatchdogAlarm").value(watchdog.getCannotPullAlarm().getAlarmName()).build();

            IPullCheckFunction imported = PullCheckFunction.fromPullCheckFunctionAttributes(this, "Imported",
                    PullCheckFunctionAttributes.builder().functionArn("arn:aws:lambda:eu-west-1:111122223333:function:pull-check").build());
            ExternalTaskDefinition anywhere = new ExternalTaskDefinition(this, "Anywhere");
            anywhere.addContainer("edge", ContainerDefinitionOptions.builder()
                    .image(new PrivateRegistryImage("ghcr.io/acme/edge:1.0.0", PrivateRegistryImageOptions.builder()
                            .credentials(credentials)
                            .pullCheck(PullCheckOptions.builder().checkFunction(imported).mode(PullCheckMode.ENFORCE).build())
                            .build()))
                    .memoryLimitMiB(128)
                    .build());

            // The tag that everybody is warned of.
            ApplicationLoadBalancedFargateService.Builder.create(this, "Raw")
                    .cluster(cluster)
                    .taskImageOptions(ApplicationLoadBalancedTaskImageOptions.builder()
                            .image(PrivateRegistryImage.Builder.create("ghcr.io/acme/web:latest")
                                    .credentials(credentials)
                                    .pullCheck(PullCheckOptions.builder().mode(PullCheckMode.OFF).build())
                                    .build())
                            .build())
                    .build();
        }

        private void output(final String id, final String value) {
            CfnOutput.Builder.create(this, id + "Output").value(value).build();
        }
    }

    /** What the mistakes are refused with. */
    private static Map<String, String> mistakes() {
        App app = new App(AppProps.builder().autoSynth(false).build());
        Stack stack = new Stack(app, "Mistakes", PROPS);
        RegistryCredentials credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
        PrivateRegistry registry = PrivateRegistry.Builder.create(stack, "Registry")
                .provider(RegistryProvider.GHCR)
                .credentials(credentials)
                .build();

        Map<String, String> messages = new LinkedHashMap<>();
        messages.put("upperCase", messageOf(() ->
                PrivateRegistryImage.Builder.create("ghcr.io/Acme/api:1.4.2").credentials(credentials).build()));
        messages.put("both", messageOf(() ->
                PrivateRegistryFargateService.Builder.create(stack, "Both").image(IMAGE).credentials(credentials).registry(registry).build()));
        messages.put("neither", messageOf(() ->
                PrivateRegistryFargateService.Builder.create(stack, "Neither").image(IMAGE).build()));
        messages.put("otherHost", messageOf(() -> registry.image("quay.io/acme/api:1.4.2")));
        messages.put("partialArn", messageOf(() ->
                RegistryCredentials.fromSecretCompleteArn(SECRET.substring(0, SECRET.length() - "-a1B2c3".length()))));
        messages.put("plainText", messageOf(() -> PrivateRegistry.Builder.create(stack, "Plain")
                .provider(RegistryProvider.GHCR)
                .credentials(RegistryCredentials.fromSecretValue(SecretValueOptions.builder()
                        .username("bot")
                        .password(SecretValue.unsafePlainText("hunter2"))
                        .build()))
                .build()));
        messages.put("immutableRole", messageOf(() -> {
            IRole role = Role.fromRoleArn(stack, "Role", "arn:aws:iam::111122223333:role/execution",
                    FromRoleArnOptions.builder().mutable(false).build());
            PrivateRegistryFargateService.Builder.create(stack, "Immutable")
                    .image(IMAGE)
                    .credentials(credentials)
                    .executionRole(role)
                    .build();
        }));
        messages.put("atSynth", messageOf(() -> {
            App late = new App(AppProps.builder().autoSynth(false).outdir("late.out").build());
            Stack lateStack = new Stack(late, "Late", PROPS);
            Role role = Role.Builder.create(lateStack, "Role").assumedBy(new ServicePrincipal("ec2.amazonaws.com")).build();
            FargateTaskDefinition task = FargateTaskDefinition.Builder.create(lateStack, "Task").executionRole(role).build();
            task.addContainer("api", ContainerDefinitionOptions.builder()
                    .image(PrivateRegistryImage.Builder.create(IMAGE).credentials(credentials).build())
                    .build());
            late.synth();
        }));
        return messages;
    }

    private static String messageOf(final Runnable mistake) {
        try {
            mistake.run();
        } catch (RuntimeException error) {
            return error.getMessage();
        }
        throw new IllegalStateException("nothing was thrown");
    }

    public static void main(final String[] args) throws IOException {
        App app = new App();
        if (System.getenv("UNCAUGHT") != null) {
            Stack stack = new Stack(app, "Uncaught", PROPS);
            RegistryCredentials credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
            PrivateRegistry registry = PrivateRegistry.Builder.create(stack, "Registry")
                    .provider(RegistryProvider.GHCR)
                    .credentials(credentials)
                    .build();
            PrivateRegistryFargateService.Builder.create(stack, "Api").image(IMAGE).credentials(credentials).registry(registry).build();
        }
        new ProvidersStack(app, "Providers");
        new CredentialsStack(app, "Credentials");
        new ServicesStack(app, "Services");
        app.synth();
        new ObjectMapper().writeValue(new File("mistakes.json"), mistakes());
    }
}
