import type { Aside } from '#kernel/aside.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import { conversationRoutes } from './conversations/routes.ts'
import { migrations } from './migrations.ts'
import { releaseJob } from './released/job.ts'
import { platformRoutes } from './routes.platform.ts'
import { analyticsRoutes } from './routes.ts'

export { answerTo, questionFor, type Put } from './answer.ts'
export { dateText, nextPeriod, periodOf, type LocalDay, type Unit } from './calendar.ts'
export { questions } from './questions/index.ts'
export { ripeUntil } from './released/ripe.ts'
export type { Answer, Column, Dimension, Row } from './schema.ts'

/** Prove: questions to what agents reported. `aside`: one of its own, so that neither imports nor ingest hold up an answer. */
export function createAnalytics(runtime: Runtime, aside: Aside): Feature {
  return {
    name: 'analytics',
    migrations,
    ...releaseJob(aside),
    routes: [
      ...analyticsRoutes(runtime, aside),
      ...conversationRoutes(runtime, aside),
      ...platformRoutes(aside),
    ],
  }
}
