import { Account } from './token-server';

/** May pull what the table asks for. */
export const ALICE: Account = { username: 'alice-4c1e', password: 'pa:ss wörd$+/=', repositories: ['team/'] };
/** The same right, under a name that shells, URLs and headers could stumble over. */
export const ROBOT: Account = { username: 'robot$team+puller', password: 's3cr3t-Robot.9f1', repositories: ['team/'] };
/** Logs in, but may pull nothing of the team's. */
export const STRANGER: Account = { username: 'stranger-77d0', password: 'str4nger-Pa55', repositories: ['elsewhere/'] };

export const ACCOUNTS = [ALICE, ROBOT, STRANGER];
