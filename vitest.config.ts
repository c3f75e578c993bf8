import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// vitest leaves a core to itself. On two cores that is half of them, and it needs next to none while tests run: the unit
// suite took 300 s with one worker and 160 s with two.
const maxWorkers = Math.max(2, availableParallelism() - 1)

/** How long a test waits for what comes by itself (ms): far longer than it takes, since a busy machine is not wrong. */
const expect = { poll: { timeout: 60_000, interval: 20 } }

// Five suites with different needs. `npm test` is `unit`: nothing outside node_modules.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect,
          isolate: false,
          include: ['src/**/*.test.{ts,tsx}', 'test/contract/**/*.test.ts'],
          setupFiles: ['test/seed.ts'],
          env: { GATEHOUSE_TEST_ENGINE: 'sqlite' },
          maxWorkers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'postgres',
          expect,
          isolate: false,
          include: ['test/contract/**/*.test.ts'],
          setupFiles: ['test/seed.ts'],
          env: { GATEHOUSE_TEST_ENGINE: 'postgres' },
          globalSetup: ['test/postgres.ts'],
          maxWorkers,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Processes that are killed, databases that go away, the command line: minutes, not seconds.
        test: {
          name: 'trouble',
          expect,
          include: ['test/trouble/**/*.test.ts'],
          maxWorkers,
          env: { GATEHOUSE_TEST_ENGINE: 'sqlite' },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'journeys',
          expect,
          include: ['test/journeys/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'conformance',
          expect,
          include: ['test/conformance/**/*.test.ts'],
          setupFiles: ['test/conformance/bare-machine.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
