// Runs in a consumer app, which has cdk-nag: on the oldest aws-cdk-lib there is no version of it that fits.
const { Validations } = require('aws-cdk-lib');
const { AwsSolutionsChecks, NIST80053R5Checks } = require('cdk-nag');

/** Writes templates and findings to the app's directory. Findings are no error here: they are compared with those that are accepted. */
exports.synthesize = (app) => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  try {
    app.synth();
  } catch (error) {
    if (error.name !== 'ValidationFailed') { throw error; }
  }
};
