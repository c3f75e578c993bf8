import { forgetSetup } from './sandbox.ts'

// Before each file of this suite: they share one machine, and vitest runs them in an order of its own.
forgetSetup()
