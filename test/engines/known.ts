/**
 * How often the check disagrees with the engines today, by class; exceptions are not counted. A change of these numbers is a
 * change of the check, of the exchanges or of an engine. Once the check walks as the engines do, both are empty.
 */
export const KNOWN = {
  behaviours: {
    'Fargate: no, but it can be pulled': 6,
    'Fargate: yes, but it cannot be pulled': 10,
    'instances: no, but it can be pulled': 6,
    'instances: yes, but it cannot be pulled': 7,
  },
  /** With the seed and count that are the defaults. */
  random: {
    'Fargate: no, but it can be pulled': 43,
    'Fargate: yes, but it cannot be pulled': 270,
    'Fargate: yes, but it cannot run': 9,
    'instances: no, but it can be pulled': 66,
    'instances: yes, but it cannot be pulled': 232,
  },
};
