/** CloudFormation accepts a reason of 4 KiB; the caller's part (role, how to deploy anyway) needs room as well. */
export const MESSAGE_LIMIT = 1024;

/** One line without control, format or surrogate characters, fit for a terminal, a log and CloudFormation. */
export function oneLine(text: string, limit: number = MESSAGE_LIMIT): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return Buffer.byteLength(line) <= limit ? line : `${cut(line, limit - 3)}...`;
}

function cut(text: string, bytes: number): string {
  // A character that is cut in half decodes to the replacement character.
  return Buffer.from(text).subarray(0, bytes).toString().replace(/\uFFFD+$/, '');
}
