/**
 * How often the check disagrees with the engines today, by class. What remains once the check walks as they do is a list of
 * exceptions (see exceptions.ts), and each of these is empty.
 */
export const KNOWN = {
  behaviours: {
    'Fargate: no, but it can be pulled': 6,
    'Fargate: yes, but it cannot be pulled': 10,
    'instances: no, but it can be pulled': 6,
    'instances: yes, but it cannot be pulled': 7,
  },
  /** With the seed and count that are the defaults. */
  random: {},
};
