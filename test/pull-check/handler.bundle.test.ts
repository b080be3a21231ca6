import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { BUNDLE } from '../support/lambda-harness';

const code = readFileSync(BUNDLE, 'utf8');

describe('the bundle', () => {
  test('needs nothing but Node.js and what the Lambda runtime has', () => {
    const modules = [...code.matchAll(/\b(?:require|import)\(\s*([^)]*?)\s*\)/g)].map(([, name]) => name);
    expect(modules.filter((name) => !/^"[^"]+"$/.test(name))).toEqual([]);
    expect(modules.map((name) => JSON.parse(name)).filter((name) => !isBuiltin(name) && !/^@aws-sdk\/client-(?:cloudformation|lambda|secrets-manager)$/.test(name))).toEqual([]);
  });

  test('has no CDK in it, and is small', () => {
    expect(code).not.toContain('aws-cdk-lib');
    expect(statSync(BUNDLE).size).toBeLessThan(165_000);
    expect(readdirSync(dirname(BUNDLE))).toEqual(['index.js']);
  });

  test('exports the handlers that the functions name', () => {
    expect(code).toMatch(/\brespond: \(\) => respond\b/);
    expect(code).toMatch(/\bprobe: \(\) => probe\d*\b/);
  });

  test('has no switch that turns the address guard or the trust in certificates off', () => {
    expect(new Set([...code.matchAll(/process\.env(?:\.(\w+)|\[[^\]]*\])?/g)].map(([text]) => text))).toEqual(new Set(['process.env.PROBER', 'process.env.READER', 'process.env.REQUIRE_HOSTS']));
    expect(code).not.toMatch(/NODE_TLS/);
    expect(code.match(/rejectUnauthorized.*/g)).toEqual([expect.stringMatching(/^rejectUnauthorized: !0\b/)]);
  });
});
