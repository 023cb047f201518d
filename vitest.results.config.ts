import { defineConfig } from 'vitest/config';

/** Checks of the full-size results in data-out, as the stand-ins give them: after `npm run pipeline`. */
export default defineConfig({
  test: { include: ['test/**/*.results.test.ts'], testTimeout: 60_000 },
});
