import { defineConfig } from 'vitest/config';

/**
 * Checks of the whole: the full-size results in data-out, as the stand-ins give them (`*.results.test.ts`, after
 * `npm run pipeline`), and the command line started as a user does, killed, disturbed, and with a small study
 * (`*.whole.test.ts`).
 */
export default defineConfig({
  test: {
    include: ['test/**/*.{results,whole}.test.ts'],
    globalSetup: 'test/support/shared-folder.ts',
    testTimeout: 60_000,
    maxWorkers: '100%',
  },
});
