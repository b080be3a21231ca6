/**
 * The value that a placeholder secret is created with.
 *
 * It must never change: CloudFormation would write the new one over the credentials that were stored in its place
 * (https://github.com/aws/aws-cdk/issues/19985).
 */
export const PLACEHOLDER = '{"username":"REPLACE-ME","password":"REPLACE-ME"}';
