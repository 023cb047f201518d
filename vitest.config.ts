import { defineConfig } from 'vitest/config';

/** What shows within minutes whether a change is right. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.{long,results,whole}.test.ts'],
    globalSetup: 'test/support/shared-folder.ts',
    testTimeout: 60_000,
    maxWorkers: '100%',
    // Modules are loaded once for many files: a test leaves nothing behind in them.
    isolate: false,
  },
});
