import { defineCommand } from 'citty'
import { startServer } from '../serve.ts'
import { buildWebIfNeeded } from './build-web.ts'

export const serve = defineCommand({
  meta: { name: 'serve', description: 'Start Gatehouse on the addresses of the configuration' },
  args: {
    demo: { type: 'boolean', description: 'A believable company in a data folder of its own' },
  },
  async run({ args }) {
    const say = (line: string): void => console.log(line)
    await buildWebIfNeeded(say)
    if (!args.demo) {
      await startServer(process.env, say)
      return
    }
    const { startDemo } = await import('../demo/start.ts')
    await startDemo(process.env, say)
  },
})
