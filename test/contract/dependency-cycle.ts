/**
 * A cycle in the dependencies of a template's resources, as a list of logical ids that begins and ends with the same one.
 *
 * CDK finds a cycle between stacks, but one inside a template only CloudFormation finds, at deployment.
 */
export function dependencyCycle(template: any): string[] | undefined {
  const resources: Record<string, any> = template.Resources;
  const edges = new Map(Object.entries(resources).map(([id, { DependsOn = [], Properties }]) => (
    [id, [DependsOn, references(Properties)].flat(2).filter((target: string) => target in resources)]
  )));
  const finished = new Set<string>();

  const visit = (id: string, path: string[]): string[] | undefined => {
    if (path.includes(id)) {
      return [...path.slice(path.indexOf(id)), id];
    }
    if (finished.has(id)) {
      return undefined;
    }
    for (const target of edges.get(id)!) {
      const cycle = visit(target, [...path, id]);
      if (cycle) {
        return cycle;
      }
    }
    finished.add(id);
    return undefined;
  };

  for (const id of edges.keys()) {
    const cycle = visit(id, []);
    if (cycle) {
      return cycle;
    }
  }
  return undefined;
}

/** The names that a value refers to: logical ids, parameters and pseudo parameters. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, argument]) => {
    switch (key) {
      case 'Ref': return [argument];
      case 'Fn::GetAtt': return [typeof argument === 'string' ? argument.split('.')[0] : argument[0]];
      case 'Fn::Sub': return [...namesIn([argument].flat()[0]), ...references(argument)];
      default: return references(argument);
    }
  });
}

/** The names in the text of a `Fn::Sub`: `${Name}` and `${Name.Attribute}`, but not `${!Literal}`. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\$\{([^!.}][^.}]*)/g)].map(([, name]) => name);
}
