import { deepStrictEqual } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from '../checks';
import { REPOSITORY } from '../run';

const { jsii: { targets: { dotnet: { packageId, namespace } } }, version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

/** Whether the sources for .NET are complete. Nothing here can compile them. */
export function checkDotnetSources(checks: Checks, directory: string): void {
  const project = join(directory, packageId);

  checks.check('.NET: the sources have every type and member', () => {
    const types = Object.values<any>(JSON.parse(readFileSync(join(REPOSITORY, '.jsii'), 'utf8')).types);
    const missing = types.flatMap((type) => missingIn(join(project, namespace), type));
    deepStrictEqual(missing, []);
    return `${types.length} types`;
  });
  checks.check('.NET: the project has the right names, and the library in it', () => {
    const text = readFileSync(join(project, `${packageId}.csproj`), 'utf8');
    const valueOf = (element: string) => text.match(new RegExp(`<${element}>(.*)</${element}>`))?.[1];
    deepStrictEqual([valueOf('PackageId'), valueOf('PackageVersion')], [packageId, version]);
    const dependencies = [...text.matchAll(/<PackageReference Include="([^"]+)"/g)].map(([, name]) => name);
    deepStrictEqual(dependencies, ['Amazon.JSII.Runtime', 'Amazon.CDK.Lib', 'Constructs']);
    const resource = text.match(/<EmbeddedResource Include="([^"]+)"/)![1];
    if (!existsSync(join(project, resource))) {
      throw new Error(`${resource} is missing`);
    }
    return `${packageId} ${version}`;
  });
}

function missingIn(directory: string, { kind, name, datatype, methods = [], properties = [], members = [] }: any): string[] {
  const file = join(directory, `${name}.cs`);
  if (!existsSync(file)) {
    return [file];
  }
  const text = readFileSync(file, 'utf8');
  const wanted = [
    new RegExp(`public (abstract )?${datatype ? 'class' : kind} ${name}\\b`),
    ...[...methods, ...properties].map((member) => new RegExp(`^ +(public|[A-Za-z.]+).* ${member.const ? member.name : pascalCase(member.name)}\\b`, 'm')),
    ...members.map((member: any) => new RegExp(`^ +${member.name},?$`, 'm')),
  ];
  const missing = wanted.filter((pattern) => !pattern.test(text)).map((pattern) => `${name}: ${pattern.source}`);
  // A struct is a class and the interface that it implements.
  return datatype && !existsSync(join(directory, `I${name}.cs`)) ? [...missing, `I${name}`] : missing;
}

function pascalCase(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
