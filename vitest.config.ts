import { defineConfig } from 'vitest/config'

// Five suites with different needs. `npm test` is `unit`: nothing outside node_modules.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'test/contract/**/*.test.ts'],
          env: { GATEHOUSE_TEST_ENGINE: 'sqlite' },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['test/contract/**/*.test.ts'],
          env: { GATEHOUSE_TEST_ENGINE: 'postgres' },
          globalSetup: ['test/postgres.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Processes that are killed, databases that go away, the command line: minutes, not seconds.
        test: {
          name: 'trouble',
          include: ['test/trouble/**/*.test.ts'],
          env: { GATEHOUSE_TEST_ENGINE: 'sqlite' },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
