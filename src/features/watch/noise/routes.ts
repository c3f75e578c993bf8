import { valueOf } from '#kernel/pool.ts'
import type { Route } from '#kernel/route.ts'
import { route } from '#features/workspace/index.ts'
import { readText } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import { collectionAt } from '../read/load.ts'
import * as schema from '../schema.ts'
import { compileRules } from './rules.ts'
import { newestSteps } from './store.ts'
import type { TriedStep, tryTask } from './try.ts'

const task = new URL('./try.ts', import.meta.url)

/** The newest steps that are looked at, and the characters of their texts. */
const mostSteps = 500
const mostCharacters = 20_000_000
const mostShown = 100

export const noiseRoutes = (parts: WatchParts): readonly Route[] => [
  route({
    id: 'watch.try-rules',
    method: 'POST',
    path: '/api/v1/watch/{v}/{p}/{s}/{l}/rules/try',
    summary: 'What rules to ignore lines would have left out of history; nothing is stored',
    description: 'Looks at the newest changes of pages, up to 500 of them.',
    auth: ['session', 'key'],
    permission: 'watch.manage',
    params: schema.collectionParams,
    body: schema.rulesTrial,
    output: schema.rulesTrialResult,
    errors: 'problem',
    audit: null,
    handle: async (call, { params, body }) => {
      compileRules(body.rules, null)
      const rows = await call.read(function* () {
        const collection = yield* collectionAt(params)
        return yield* newestSteps(collection.id, mostSteps)
      })
      const steps: TriedStep[] = []
      let characters = 0
      for (const { page, stamp, before_id, after_id } of rows) {
        const before = await readText(parts.runtime, before_id)
        const after = await readText(parts.runtime, after_id)
        characters += before.length + after.length
        if (characters > mostCharacters && steps.length > 0) break
        steps.push({ page, stamp, before, after })
      }
      const tried = valueOf(
        await parts.runtime.pool.run<typeof tryTask>(task, 'tryTask', {
          rules: body.rules,
          steps,
          most: mostShown,
        }),
      )
      return { steps: steps.length, ...tried, sample: [...tried.sample] }
    },
  }),
]
