import { Registry } from './registry';

export const HARBOR: Registry = {
  key: 'harbor',
  label: 'Harbor',
  hosts: [],
  hostForm: 'your own',
  usernameHint: 'full name of a robot account, `robot$<project>+<name>`, or `robot$<name>` for a system robot',
  passwordHint: 'secret of the robot account',
  obtain: 'store the full name of a robot account (robot$project+name) with its current secret: robot accounts expire, after 30 days by default',
  permit: 'give the robot account the permission to pull from the project',
  mistakes: [
    {
      matches: ({ username }) => username === 'robot' || username.startsWith('robot+'),
      text: 'store the robot account\'s full name, robot$project+name (a shell expands an unquoted $)',
    },
  ],
};
