package com.acme;

import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;

public class WebServiceApp {
    public static void main(final String[] args) {
        App app = new App();

        new WebServiceStack(app, "WebService", StackProps.builder()
                .env(Environment.builder()
                        .account("111122223333")
                        .region("eu-west-1")
                        .build())
                .build());

        app.synth();
    }
}
