import { defineConfig } from 'vitest/config';

/**
 * Checks of whole studies: the full-size results in data-out, as the stand-ins give them (after `npm run pipeline`), and what is
 * said of mistakes in a small one.
 */
export default defineConfig({
  test: { include: ['test/**/*.results.test.ts'], testTimeout: 60_000 },
});
