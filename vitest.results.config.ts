import { defineConfig } from 'vitest/config';

/**
 * Checks of whole studies: the full-size results in data-out, as the stand-ins give them (after `npm run pipeline`), and a
 * small one from the facts to the report, with the user's own files and with mistakes.
 */
export default defineConfig({
  test: { include: ['test/**/*.results.test.ts'], testTimeout: 60_000 },
});
