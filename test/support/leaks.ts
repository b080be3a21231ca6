/** Every form in which a credential could stand in a log, a URL, a header or JSON. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  return [
    secret, base64, base64.replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex'),
    encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1),
  ];
}

/** The secrets of which the text contains any form. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return secrets.filter((secret) => formsOf(secret).some((form) => lower.includes(form.toLowerCase())));
}
