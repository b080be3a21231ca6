package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-private-registry/cdk-private-registry-go/cdkprivateregistry"
)

func NewWebServiceStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	cdkprivateregistry.NewPrivateRegistryFargateService(stack, jsii.String("Api"), &cdkprivateregistry.PrivateRegistryFargateServiceProps{
		Image: jsii.String("ghcr.io/acme/api:1.4.2"),
		Credentials: cdkprivateregistry.RegistryCredentials_FromSecretCompleteArn(
			jsii.String("arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"), nil),
		ContainerPort: jsii.Number(8080),
		DesiredCount:  jsii.Number(2),
	})

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)

	NewWebServiceStack(app, "WebService", &awscdk.StackProps{
		Env: &awscdk.Environment{
			Account: jsii.String("111122223333"),
			Region:  jsii.String("eu-west-1"),
		},
	})

	app.Synth(nil)
}
