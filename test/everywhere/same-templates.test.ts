import { BY_HAND, EVERYWHERE } from './ways';
import { CONFIGURATIONS } from '../snapshots/configurations';
import { templatesOf } from '../snapshots/synthesize';
import { FLAG_SETS } from '../support/synth';

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test.each(CONFIGURATIONS)('$name: the same template as with a PrivateRegistryImage in each container', ({ name, define }) => {
    const [byHand, everywhere] = [BY_HAND, EVERYWHERE].map((way) => (
      inOneOrder(templatesOf({ name, define: (app) => define(app, way) }, flags))
    ));
    expect(JSON.stringify(byHand)).toContain('secretsmanager:GetSecretValue');
    expect(everywhere).toEqual(byHand);
  });
});

/** Nothing depends on the order of statements and of dependencies. */
function inOneOrder(templates: Record<string, any>): unknown {
  return JSON.parse(JSON.stringify(templates), (key, value) => (
    Array.isArray(value) && ['DependsOn', 'Statement'].includes(key) ? value.map((one) => JSON.stringify(one)).sort() : value
  ));
}
