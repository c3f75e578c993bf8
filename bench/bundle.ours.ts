import { startServer } from '../src/serve.ts'
import { tellCpu } from './cpu.ts'

/** The real product, as `npm start` runs it, in a process that tells its processor time. */
await startServer(process.env, () => undefined)
tellCpu()
process.send?.('ready')
