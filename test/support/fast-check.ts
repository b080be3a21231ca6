import { configureGlobal } from 'fast-check';

/** Every run tries the same cases, so that none fails by chance. FAST_CHECK_SEED tries others; a failure prints the seed. */
configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 4711) });

export * from 'fast-check';
