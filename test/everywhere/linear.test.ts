import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { addAspect, authenticate, plain } from './support';
import { Authentication } from '../../src/everywhere/authenticate';
import { CHECKED, ENV, newApp } from '../support/synth';

const MINUTES = 300_000;

test('visits and resources grow with the services, and 300 in ten stacks are no loop', () => {
  const [few, many] = [3, 30].map((services) => figuresOf(services));
  // Three resources for each service: its task definition, its two roles; a policy, and a check.
  expect(few.resources).toBe(10 * (5 * 3 + few.once));
  expect(many.resources).toBe(10 * (5 * 30 + few.once));
  // Every construct once, and the last one of the app a second time at most.
  expect(few.visits).toBe(few.constructs);
  expect(many.visits).toBe(many.constructs);
  // However many are made, the tree is searched as often.
  expect(many.searches).toBe(few.searches);
}, MINUTES);

interface Figures {
  readonly visits: number;
  readonly constructs: number;
  readonly searches: number;
  readonly resources: number;
  /** The resources that a stack has once: the function of the check, its role and its policies. */
  readonly once: number;
}

function figuresOf(services: number): Figures {
  const visit = jest.spyOn(Authentication.prototype, 'visit');
  const search = jest.spyOn(Authentication.prototype as any, 'unauthenticated');
  const app = newApp(CHECKED) as App;
  for (let number = 0; number < 10; number++) {
    const stack = new Stack(app, `Stack${number}`, { env: ENV });
    for (let service = 0; service < services; service++) {
      new ecs.FargateTaskDefinition(stack, `Task${service}`).addContainer('app', { image: plain(`ghcr.io/acme/service-${service}:1`) });
    }
  }
  addAspect(app, () => {}, 900);
  authenticate(app);
  const { stacks } = app.synth();
  const resources = stacks.map(({ template }) => Object.values<any>(template.Resources));
  const figures = {
    visits: visit.mock.calls.length,
    constructs: new Set(visit.mock.calls.map(([construct]) => construct)).size,
    searches: search.mock.calls.length,
    resources: resources.flat().length,
    once: resources[0].length - 5 * services,
  };
  visit.mockRestore();
  search.mockRestore();
  return figures;
}
