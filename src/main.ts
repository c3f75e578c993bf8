import { startServer } from './serve.ts'

// The server alone, configured by the environment. `gatehouse serve` does the same and builds the pages when needed.
await startServer(process.env)
