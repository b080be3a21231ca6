import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { CONFIGURATIONS, oneLineTemplate, rawTemplate, serviceTemplate, Template } from './moving-over.configurations';
import { ADDED_BY_PULL_CHECK, ExpectedDifference, IMAGE_DIFFERENCES, SERVICE_DIFFERENCES } from './moving-over.differences';
import { Difference, differences } from './template-difference';
import { FLAG_SETS } from '../support/synth';

describe.each([
  ['PrivateRegistryImage in place of ecs.ContainerImage.fromRegistry()', oneLineTemplate, IMAGE_DIFFERENCES],
  ['PrivateRegistryFargateService in place of ApplicationLoadBalancedFargateService', serviceTemplate, SERVICE_DIFFERENCES],
])('%s', (_route, ourTemplate, expected) => {
  const found: Difference[] = [];

  describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
    test.each(CONFIGURATIONS)('$name: nothing is replaced, and only what is listed differs', (configuration) => {
      const raw = rawTemplate(configuration, flags);
      const ours = ourTemplate(configuration, flags);

      expect(Object.keys(ours.Resources)).toEqual(expect.arrayContaining(Object.keys(raw.Resources)));
      expect(typesOfAdded(raw, ours)).toEqual(ADDED_BY_PULL_CHECK);
      expect({ ...ours, Resources: undefined }).toEqual({ ...raw, Resources: undefined });
      expect(replacedBy(raw, ours)).toEqual([]);

      const different = differences(raw, ours);
      expect(different.filter((difference) => !expected.some((row) => describes(row, difference)))).toEqual([]);
      found.push(...different);
    });
  });

  test('every listed difference occurs', () => {
    expect(expected.filter((row) => !found.some((difference) => describes(row, difference)))).toEqual([]);
  });
});

test('a change that replaces a resource is noticed', () => {
  const raw = rawTemplate(CONFIGURATIONS[0], {});
  const ours = rawTemplate(CONFIGURATIONS[0], {});
  const [id, group] = Object.entries(ours.Resources).find(([, { Type }]) => Type === 'AWS::EC2::SecurityGroup')!;
  group.Properties.GroupDescription += ' of Stack/Api/Default';

  expect(replacedBy(raw, ours)).toContain(id);
});

function typesOfAdded(before: Template, after: Template): string[] {
  const added = Object.entries(after.Resources).filter(([id]) => !(id in before.Resources));
  return [...new Set(added.map(([, { Type }]) => Type))].sort();
}

/**
 * The logical ids of what CloudFormation would replace or remove, by the schema of each resource. Not even a task definition is
 * among them, although each of its properties makes a new revision.
 */
function replacedBy(before: Template, after: Template): string[] {
  const replaced: string[] = [];
  fullDiff(before, after).resources.forEachDifference((id, { changeImpact }) => {
    if (![ResourceImpact.NO_CHANGE, ResourceImpact.WILL_UPDATE, ResourceImpact.WILL_CREATE].includes(changeImpact)) {
      replaced.push(id);
    }
  });
  return replaced;
}

function describes({ type, path, raw, ours }: ExpectedDifference, difference: Difference): boolean {
  return type === difference.type && path === difference.path && raw === difference.raw && ours === difference.ours;
}
