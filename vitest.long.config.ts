import { defineConfig } from 'vitest/config';

/** Long proofs: run before a release, not on every change. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    globalSetup: 'test/support/shared-folder.ts',
    testTimeout: 1_800_000,
  },
});
