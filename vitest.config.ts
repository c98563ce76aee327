import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/processes/**', 'test/e2e/**'],
          testTimeout: 30_000,
        },
      },
      // These start the built bundles as real processes: one after the other, so that they do not starve each other.
      {
        test: {
          name: 'processes',
          include: ['test/processes/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      // A real VS Code in a real browser.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // What the screen shows follows within a moment, however busy the machine is.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
})
