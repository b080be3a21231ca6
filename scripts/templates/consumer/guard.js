// Judges templates by the proactive controls of Control Tower, which the package has as rules of cfn-guard.
const { writeFileSync } = require('fs');
const { CfnGuardValidator } = require('@cdklabs/cdk-validator-cfnguard');

const [, , report, ...templatePaths] = process.argv;
writeFileSync(report, JSON.stringify(new CfnGuardValidator().validate({ templatePaths }).violations));
