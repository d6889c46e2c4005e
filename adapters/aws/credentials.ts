/** What services call credentials that they do not take. */
const REFUSED = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);

/** Whether AWS refused a request for its credentials, by the name of the error. */
export function refusesCredentials(name: string): boolean {
  return REFUSED.has(name);
}

export const CREDENTIALS_REMEDY = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role';
