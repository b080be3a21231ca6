import { randomUUID } from 'node:crypto';

/** The value of a JSON text; `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same, but of all numbers only what Go reads as an integer is a whole one: neither 300.0 nor 3e2 nor 1e20. */
export function parseJsonOfGo(text: string): unknown {
  return parseJson(text) === undefined ? undefined : parseJson(text.replace(STRING_OR_NUMBER, (part) => part.startsWith('"') || isInt64(part) ? part : '0.5'));
}

/** Edits a JSON text. Numbers that are left alone stay as they are written, however long they are: JSON.parse() rounds them. */
export function editJson(text: string, edit: (value: unknown) => unknown): string {
  const mark = `number ${randomUUID()} `;
  const value = JSON.parse(text.replace(STRING_OR_NUMBER, (part) => part.startsWith('"') ? part : `"${mark}${part}"`));
  return JSON.stringify(edit(value)).replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1');
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.e+-]*/gi;

function isInt64(literal: string): boolean {
  return /^-?\d{1,19}$/.test(literal) && BigInt.asIntN(64, BigInt(literal)) === BigInt(literal);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether Go reads this value as a time (RFC 3339). */
export function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.,]\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value.replace(',', '.')));
}
