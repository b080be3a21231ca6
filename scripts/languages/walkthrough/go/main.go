// Every class and every factory of the public API from Go, as typescript/walkthrough.ts has it from TypeScript.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecspatterns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	registries "github.com/cdk-private-registry/cdk-private-registry-go/cdkprivateregistry"
)

const (
	image         = "ghcr.io/acme/api:1.4.2"
	secret        = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"
	foreignSecret = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:quay/pull-d4E5f6"
	foreignKey    = "arn:aws:kms:eu-west-1:444455556666:key/11111111-2222-3333-4444-555555555555"
)

func newStack(scope constructs.Construct, id string) awscdk.Stack {
	return awscdk.NewStack(scope, &id, &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})
}

func output(stack awscdk.Stack, id string, value string) {
	awscdk.NewCfnOutput(stack, &id, &awscdk.CfnOutputProps{Value: &value})
}

// Every registry and what is known about it.
func newProvidersStack(scope constructs.Construct, id string) {
	stack := newStack(scope, id)
	describe(stack, "DockerHub", registries.RegistryProvider_DOCKER_HUB())
	describe(stack, "Ghcr", registries.RegistryProvider_GHCR())
	describe(stack, "Gitlab", registries.RegistryProvider_GITLAB())
	describe(stack, "Quay", registries.RegistryProvider_QUAY())
	describe(stack, "RedHat", registries.RegistryProvider_RED_HAT())
	describe(stack, "Nvidia", registries.RegistryProvider_NVIDIA())
	describe(stack, "Chainguard", registries.RegistryProvider_CHAINGUARD())
	describe(stack, "DockerHardenedImages", registries.RegistryProvider_DOCKER_HARDENED_IMAGES())
	describe(stack, "GitlabDependencyProxy", registries.RegistryProvider_GITLAB_DEPENDENCY_PROXY())
	describe(stack, "DigitalOcean", registries.RegistryProvider_DIGITALOCEAN())
	describe(stack, "Ibm", registries.RegistryProvider_IBM())
	describe(stack, "Cloudsmith", registries.RegistryProvider_CLOUDSMITH())
	describe(stack, "SelfManagedGitlab", registries.RegistryProvider_SelfManagedGitlab(
		jsii.String("registry.example.com"), &registries.CustomRegistryOptions{AuthHost: jsii.String("gitlab.example.com")}))
	describe(stack, "GithubEnterprise", registries.RegistryProvider_GithubEnterprise(jsii.String("acme.ghe.com"), nil))
	describe(stack, "Azure", registries.RegistryProvider_Azure(jsii.String("acme")))
	describe(stack, "Google", registries.RegistryProvider_GoogleArtifactRegistry(jsii.String("europe-west1")))
	describe(stack, "Jfrog", registries.RegistryProvider_Jfrog(jsii.String("acme.jfrog.io"), nil))
	describe(stack, "Harbor", registries.RegistryProvider_Harbor(
		jsii.String("harbor.example.com"), &registries.CustomRegistryOptions{PrivateNetwork: jsii.Bool(true)}))
	describe(stack, "Nexus", registries.RegistryProvider_Nexus(jsii.String("nexus.example.com:8443"), nil))
	describe(stack, "Alibaba", registries.RegistryProvider_Alibaba(jsii.String("eu-central-1"), nil))
	describe(stack, "Oracle", registries.RegistryProvider_Oracle(jsii.String("fra")))
	describe(stack, "Gitea", registries.RegistryProvider_Gitea(jsii.String("git.example.com"), nil))
	describe(stack, "Custom", registries.RegistryProvider_Custom(jsii.String("registry.example.com:5000"), &registries.CustomRegistryOptions{
		AuthHost:       jsii.String("auth.example.com"),
		Aliases:        jsii.Strings("mirror.example.com"),
		PrivateNetwork: jsii.Bool(true),
	}))
	describe(stack, "ForImage", registries.RegistryProvider_ForImage(jsii.String(image)))

	reference := registries.ImageReference_Parse(jsii.String(image))
	pinned := reference.WithDigest(jsii.String("sha256:" + strings.Repeat("0", 64)))
	output(stack, "Reference", partsOf(reference))
	output(stack, "Pinned", partsOf(pinned))
}

func partsOf(it registries.ImageReference) string {
	return joined(text(it.Host()), text(it.Repository()), text(it.Tag()), text(it.Digest()), text(it.ToString()))
}

func describe(stack awscdk.Stack, id string, provider registries.RegistryProvider) {
	values := []string{text(provider.Host())}
	for _, alias := range *provider.Aliases() {
		values = append(values, text(alias))
	}
	output(stack, id, joined(append(values,
		text(provider.AuthHost()), text(provider.UsernameHint()), text(provider.PasswordHint()),
		text(provider.PrivateNetwork()), text(provider.ServesHost(jsii.String("mirror.example.com"))))...))
}

func text[T any](value *T) string {
	if value == nil {
		return "none"
	}
	return fmt.Sprint(*value)
}

func joined(values ...string) string {
	return strings.Join(values, " | ")
}

// Every way to credentials, each in a registry of its own.
func newCredentialsStack(scope constructs.Construct, id string) {
	stack := newStack(scope, id)
	task := awsecs.NewEc2TaskDefinition(stack, jsii.String("Task"), &awsecs.Ec2TaskDefinitionProps{NetworkMode: awsecs.NetworkMode_AWS_VPC})
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	run := func(id string, provider registries.RegistryProvider, credentials registries.RegistryCredentials) registries.PrivateRegistry {
		registry := registries.NewPrivateRegistry(stack, &id, &registries.PrivateRegistryProps{Provider: provider, Credentials: credentials})
		task.AddContainer(jsii.String(id+"Container"), &awsecs.ContainerDefinitionOptions{
			Image:          registry.Image(jsii.String(*registry.Host()+"/acme/api:1.4.2"), nil),
			MemoryLimitMiB: jsii.Number(128),
		})
		return registry
	}
	build := func(id string, image awscodebuild.IBuildImage) {
		awscodebuild.NewProject(stack, &id, &awscodebuild.ProjectProps{
			BuildSpec:   awscodebuild.BuildSpec_FromSourceFilename(jsii.String("buildspec.yml")),
			Source:      awscodebuild.Source_GitHub(&awscodebuild.GitHubSourceProps{Owner: jsii.String("acme"), Repo: jsii.String("api")}),
			Environment: &awscodebuild.BuildEnvironment{BuildImage: image},
		})
	}

	run("Arn", registries.RegistryProvider_GHCR(), registries.RegistryCredentials_FromSecretCompleteArn(
		jsii.String(secret), &registries.SecretByArnOptions{ReplicaRegions: jsii.Strings("eu-central-1")}))
	run("Secret", registries.RegistryProvider_GITLAB(), registries.RegistryCredentials_FromSecret(
		awssecretsmanager.NewSecret(stack, jsii.String("Owned"), nil)))
	run("Name", registries.RegistryProvider_DOCKER_HUB(), registries.RegistryCredentials_FromSecretName(
		jsii.String("docker-hub-pull"), &registries.SecretByNameOptions{EncryptionKey: key}))
	run("Value", registries.RegistryProvider_NVIDIA(), registries.RegistryCredentials_FromSecretValue(&registries.SecretValueOptions{
		Username:      jsii.String("$oauthtoken"),
		Password:      awscdk.SecretValue_SecretsManager(jsii.String("tokens"), &awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("nvidia")}),
		SecretName:    jsii.String("nvidia-pull"),
		Description:   jsii.String("made from another secret"),
		EncryptionKey: key,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	}))
	run("Parameters", registries.RegistryProvider_RED_HAT(), registries.RegistryCredentials_FromParameters(
		&registries.CreatedSecretOptions{RemovalPolicy: awscdk.RemovalPolicy_DESTROY}))
	run("DefaultParameters", registries.RegistryProvider_CHAINGUARD(), registries.RegistryCredentials_FromParameters(nil))
	registries.NewPrivateRegistry(stack, jsii.String("Placeholder"), &registries.PrivateRegistryProps{
		Provider:    registries.RegistryProvider_Azure(jsii.String("acme")),
		Credentials: registries.RegistryCredentials_Placeholder(&registries.CreatedSecretOptions{SecretName: jsii.String("azure-pull")}),
	})

	foreign := run("Foreign", registries.RegistryProvider_QUAY(), registries.RegistryCredentials_FromSecretCompleteArn(
		jsii.String(foreignSecret), &registries.SecretByArnOptions{EncryptionKeyArn: jsii.String(foreignKey)}))
	puller := awsiam.NewRole(stack, jsii.String("Puller"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("codebuild.amazonaws.com"), nil),
	})
	grant := foreign.GrantPull(puller)
	usage := pipelines.DockerCredentialUsage_SYNTH
	foreign.DockerCredential(&[]pipelines.DockerCredentialUsage{usage}).GrantRead(puller, usage)
	build("Build", foreign.BuildImage(awscodebuild.LinuxArmBuildImage_FromDockerRegistry(jsii.String("quay.io/acme/build:1.4.2"), nil), nil))
	other := awscodebuild.LinuxBuildImage_FromDockerRegistry(jsii.String("ghcr.io/acme/build:1.4.2"), nil)
	build("OtherBuild", registries.NewPrivateRegistryBuildImage(other, &registries.PrivateRegistryImageOptions{
		Credentials: registries.RegistryCredentials_FromSecretCompleteArn(jsii.String(secret), nil),
	}))
	policies := foreign.OwnerPolicies()
	output(stack, "Granted", fmt.Sprint(*grant.Success(), " ", *foreign.Secret().SecretArn()))
	output(stack, "SecretPolicy", *stack.ToJsonString(policies.SecretPolicy, nil))
	output(stack, "KeyPolicy", *stack.ToJsonString(policies.KeyPolicy, nil))
}

// A service as a company would make it from ours. Go has no subclasses.
func newAcmeService(
	scope constructs.Construct, id string, props registries.PrivateRegistryFargateServiceProps,
) registries.PrivateRegistryFargateService {
	props.ContainerPort = jsii.Number(8080)
	props.ContainerOptions = &registries.PrivateRegistryContainerOptions{
		ReadonlyRootFilesystem: jsii.Bool(true),
		StopTimeout:            awscdk.Duration_Seconds(jsii.Number(90)),
	}
	props.LogRetention = awslogs.RetentionDays_ONE_YEAR
	return registries.NewPrivateRegistryFargateService(scope, &id, &props)
}

// The image in every kind of task definition, and options of the check.
func newServicesStack(scope constructs.Construct, id string) {
	stack := newStack(scope, id)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(1)})
	cluster := awsecs.NewCluster(stack, jsii.String("Cluster"), &awsecs.ClusterProps{Vpc: vpc})
	credentials := registries.RegistryCredentials_FromSecretCompleteArn(jsii.String(secret), nil)
	checkFunction := registries.NewPullCheckFunction(stack, jsii.String("Check"), &registries.PullCheckFunctionProps{
		LogRetention: awslogs.RetentionDays_ONE_WEEK,
	})
	registry := registries.NewPrivateRegistry(stack, jsii.String("Registry"), &registries.PrivateRegistryProps{
		Provider:    registries.RegistryProvider_GHCR(),
		Credentials: credentials,
		PullCheck:   &registries.PullCheckOptions{CheckFunction: checkFunction, Trigger: jsii.String("build 7")},
		PinDigest:   jsii.Bool(true),
	})

	api := newAcmeService(stack, "Api", registries.PrivateRegistryFargateServiceProps{
		Cluster:     cluster,
		Registry:    registry,
		Image:       jsii.String(image),
		Environment: &map[string]*string{"STAGE": jsii.String("production")},
		PullCheck:   &registries.PullCheckOptions{Trigger: jsii.String("build 8")},
	})
	api.TaskDefinition().AddContainer(jsii.String("agent"), &awsecs.ContainerDefinitionOptions{
		Image: registry.Image(jsii.String("ghcr.io/acme/agent:2.1.0"), &registries.PullOptions{
			PullCheck: &registries.PullCheckOptions{Mode: registries.PullCheckMode_WARN},
			PinDigest: jsii.Bool(false),
		}),
		Essential: jsii.Bool(false),
	})
	api.Connections().AllowFromAnyIpv4(awsec2.Port_Tcp(jsii.Number(9090)), nil)
	api.TargetGroup().ConfigureHealthCheck(&awselasticloadbalancingv2.HealthCheck{Path: jsii.String("/healthz")})
	registry.Secret().GrantRead(api, nil)
	api.OnPullFailure(jsii.String("CannotPull"), &awsevents.OnEventOptions{
		Description: jsii.String("a task of the service could not pull its image"),
	})
	output(stack, "ServiceOutput", *api.Service().ServiceName())
	output(stack, "PatternOutput", *api.Pattern().Service().ServiceName())
	output(stack, "LoadBalancerOutput", *api.LoadBalancer().LoadBalancerArn())
	output(stack, "ListenerOutput", *api.Listener().ListenerArn())
	output(stack, "ClusterNameOutput", *api.Cluster().ClusterName())
	output(stack, "ExecutionRoleOutput", *api.ExecutionRole().RoleArn())
	output(stack, "SecretOutput", *api.Secret().SecretArn())
	output(stack, "HostOutput", *api.Registry().Host()+" "+*api.Registry().Provider().UsernameHint())

	worker := awsecs.NewFargateTaskDefinition(stack, jsii.String("Worker"), nil)
	worker.AddContainer(jsii.String("worker"), &awsecs.ContainerDefinitionOptions{
		Image: registries.NewPrivateRegistryImage(jsii.String("harbor.example.com/acme/worker:3.0.0"), &registries.PrivateRegistryImageOptions{
			Provider: registries.RegistryProvider_Harbor(
				jsii.String("harbor.example.com"), &registries.CustomRegistryOptions{PrivateNetwork: jsii.Bool(true)}),
			Credentials: credentials,
			PullCheck: &registries.PullCheckOptions{
				Vpc:               vpc,
				VpcSubnets:        &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS},
				RestrictedNetwork: jsii.Bool(true),
				AskExpiry:         jsii.Bool(true),
				Timeout:           awscdk.Duration_Seconds(jsii.Number(45)),
			},
		}),
	})
	awsevents.NewRule(stack, jsii.String("WorkerCannotPull"), &awsevents.RuleProps{EventPattern: registries.PullFailure_EventPattern(worker)})
	watchdog := registries.NewPullWatchdog(stack, jsii.String("Watchdog"), &registries.PullWatchdogProps{
		Interval:     awscdk.Duration_Hours(jsii.Number(2)),
		ExpiryNotice: awscdk.Duration_Days(jsii.Number(21)),
	})
	awscdk.NewCfnOutput(stack, jsii.String("WatchdogAlarm"), &awscdk.CfnOutputProps{Value: watchdog.CannotPullAlarm().AlarmName()})

	imported := registries.PullCheckFunction_FromPullCheckFunctionAttributes(stack, jsii.String("Imported"),
		&registries.PullCheckFunctionAttributes{FunctionArn: jsii.String("arn:aws:lambda:eu-west-1:111122223333:function:pull-check")})
	anywhere := awsecs.NewExternalTaskDefinition(stack, jsii.String("Anywhere"), nil)
	anywhere.AddContainer(jsii.String("edge"), &awsecs.ContainerDefinitionOptions{
		Image: registries.NewPrivateRegistryImage(jsii.String("ghcr.io/acme/edge:1.0.0"), &registries.PrivateRegistryImageOptions{
			Credentials: credentials,
			PullCheck:   &registries.PullCheckOptions{CheckFunction: imported, Mode: registries.PullCheckMode_ENFORCE},
		}),
		MemoryLimitMiB: jsii.Number(128),
	})

	// The tag that everybody is warned of.
	awsecspatterns.NewApplicationLoadBalancedFargateService(stack, jsii.String("Raw"), &awsecspatterns.ApplicationLoadBalancedFargateServiceProps{
		Cluster: cluster,
		TaskImageOptions: &awsecspatterns.ApplicationLoadBalancedTaskImageOptions{
			Image: registries.NewPrivateRegistryImage(jsii.String("ghcr.io/acme/web:latest"), &registries.PrivateRegistryImageOptions{
				Credentials: credentials,
				PullCheck:   &registries.PullCheckOptions{Mode: registries.PullCheckMode_OFF},
			}),
		},
	})
}

// What the mistakes are refused with.
func mistakes() map[string]string {
	stack := newStack(awscdk.NewApp(&awscdk.AppProps{AutoSynth: jsii.Bool(false)}), "Mistakes")
	credentials := registries.RegistryCredentials_FromSecretCompleteArn(jsii.String(secret), nil)
	registry := registries.NewPrivateRegistry(stack, jsii.String("Registry"), &registries.PrivateRegistryProps{
		Provider:    registries.RegistryProvider_GHCR(),
		Credentials: credentials,
	})

	return map[string]string{
		"upperCase": messageOf(func() {
			registries.NewPrivateRegistryImage(jsii.String("ghcr.io/Acme/api:1.4.2"), &registries.PrivateRegistryImageOptions{Credentials: credentials})
		}),
		"both": messageOf(func() {
			registries.NewPrivateRegistryFargateService(stack, jsii.String("Both"), &registries.PrivateRegistryFargateServiceProps{
				Image: jsii.String(image), Credentials: credentials, Registry: registry,
			})
		}),
		"neither": messageOf(func() {
			registries.NewPrivateRegistryFargateService(stack, jsii.String("Neither"), &registries.PrivateRegistryFargateServiceProps{
				Image: jsii.String(image),
			})
		}),
		"otherHost": messageOf(func() { registry.Image(jsii.String("quay.io/acme/api:1.4.2"), nil) }),
		"partialArn": messageOf(func() {
			registries.RegistryCredentials_FromSecretCompleteArn(jsii.String(strings.TrimSuffix(secret, "-a1B2c3")), nil)
		}),
		"plainText": messageOf(func() {
			registries.NewPrivateRegistry(stack, jsii.String("Plain"), &registries.PrivateRegistryProps{
				Provider: registries.RegistryProvider_GHCR(),
				Credentials: registries.RegistryCredentials_FromSecretValue(&registries.SecretValueOptions{
					Username: jsii.String("bot"),
					Password: awscdk.SecretValue_UnsafePlainText(jsii.String("hunter2")),
				}),
			})
		}),
		"immutableRole": messageOf(func() {
			registries.NewPrivateRegistryFargateService(stack, jsii.String("Immutable"), &registries.PrivateRegistryFargateServiceProps{
				Image:       jsii.String(image),
				Credentials: credentials,
				ExecutionRole: awsiam.Role_FromRoleArn(stack, jsii.String("Role"), jsii.String("arn:aws:iam::111122223333:role/execution"),
					&awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)}),
			})
		}),
		"atSynth": messageOf(func() {
			late := awscdk.NewApp(&awscdk.AppProps{AutoSynth: jsii.Bool(false), Outdir: jsii.String("late.out")})
			lateStack := newStack(late, "Late")
			task := awsecs.NewFargateTaskDefinition(lateStack, jsii.String("Task"), &awsecs.FargateTaskDefinitionProps{
				ExecutionRole: awsiam.NewRole(lateStack, jsii.String("Role"), &awsiam.RoleProps{
					AssumedBy: awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil),
				}),
			})
			task.AddContainer(jsii.String("api"), &awsecs.ContainerDefinitionOptions{
				Image: registries.NewPrivateRegistryImage(jsii.String(image), &registries.PrivateRegistryImageOptions{Credentials: credentials}),
			})
			late.Synth(nil)
		}),
	}
}

func messageOf(mistake func()) (message string) {
	defer func() {
		message = fmt.Sprint(recover())
	}()
	mistake()
	return "nothing panicked"
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	if os.Getenv("UNCAUGHT") != "" {
		stack := newStack(app, "Uncaught")
		credentials := registries.RegistryCredentials_FromSecretCompleteArn(jsii.String(secret), nil)
		registry := registries.NewPrivateRegistry(stack, jsii.String("Registry"), &registries.PrivateRegistryProps{
			Provider:    registries.RegistryProvider_GHCR(),
			Credentials: credentials,
		})
		registries.NewPrivateRegistryFargateService(stack, jsii.String("Api"), &registries.PrivateRegistryFargateServiceProps{
			Image: jsii.String(image), Credentials: credentials, Registry: registry,
		})
	}
	newProvidersStack(app, "Providers")
	newCredentialsStack(app, "Credentials")
	newServicesStack(app, "Services")
	app.Synth(nil)

	content, err := json.Marshal(mistakes())
	if err == nil {
		err = os.WriteFile("mistakes.json", content, 0o644)
	}
	if err != nil {
		panic(err)
	}
}
