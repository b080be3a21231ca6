/**
 * How often the check disagrees with the engines today, by class; exceptions are not counted. A change of these numbers is a
 * change of the check, of the exchanges or of an engine. Once the check walks as the engines do, both are empty.
 */
export const KNOWN = {
  behaviours: {
    'Fargate: no, but it can be pulled': 20,
    'Fargate: yes, but it cannot be pulled': 3,
    'instances: no, but it can be pulled': 21,
    'instances: yes, but it cannot be pulled': 1,
  },
  /** With the seed and count that are the defaults. */
  random: {
    'Fargate: yes, but it cannot be pulled': 16,
    'Fargate: yes, but it cannot run': 5,
    'instances: yes, but it cannot be pulled': 28,
  },
};
