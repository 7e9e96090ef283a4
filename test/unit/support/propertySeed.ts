import fc from 'fast-check';

// The same values on every run, so that a failure belongs to a change; other values come with FUZZ_SEED=<number>.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });
