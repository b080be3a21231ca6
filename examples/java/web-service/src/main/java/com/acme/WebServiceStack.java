package com.acme;

import io.github.cdkprivateregistry.PrivateRegistryFargateService;
import io.github.cdkprivateregistry.RegistryCredentials;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

public class WebServiceStack extends Stack {
    public WebServiceStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        PrivateRegistryFargateService.Builder.create(this, "Api")
                .image("ghcr.io/acme/api:1.4.2")
                .credentials(RegistryCredentials.fromSecretCompleteArn(
                        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3"))
                .containerPort(8080)
                .desiredCount(2)
                .build();
    }
}
