import { route, theWorkspace } from '#features/workspace/index.ts'
import type { Aside } from '#kernel/aside.ts'
import { found } from '#kernel/problem.ts'
import type { Call, Route } from '#kernel/route.ts'
import { needsPersons } from './answer.ts'
import { usagePlace, type usageAside } from './platform.ts'
import { mayPersons } from './routes.ts'
import * as schema from './schema.platform.ts'

const common = {
  method: 'GET',
  auth: ['key'],
  permission: 'analytics.view',
  params: schema.platformParams,
  query: schema.platformQuery,
  errors: 'platform',
  audit: null,
} as const

const base = '/v1/analytics/codex/workspaces/{id}'

/** At the addresses and in the shapes of the vendor's analytics API for organisations. */
export const platformRoutes = (aside: Aside): readonly Route[] => [
  route({
    ...common,
    id: 'platform-analytics.usage',
    path: `${base}/usage`,
    summary:
      'Conversations, turns, tokens and credits by day or week, of each user or of the workspace',
    description:
      'Rows of single users need the permission analytics.persons as well. A credit is one unit of the currency of the price list, and the number of them an estimate; a model without a price costs none.',
    output: schema.usagePage,
    async handle(call, { params, query }) {
      await theirs(call, params.id)
      const persons = mayPersons(call)
      if (query.group !== 'workspace' && !persons) throw needsPersons()
      const page = await aside.run<typeof usageAside>(usagePlace, 'usageAside', { query, persons })
      return { ...page, data: [...page.data] }
    },
  }),
  ...(['code_reviews', 'code_review_responses'] as const).map((name) =>
    route({
      ...common,
      id: `platform-analytics.${name.replaceAll('_', '-')}`,
      path: `${base}/${name}`,
      summary:
        'Always an empty page: reviews happen in the vendor’s cloud, and no client reports them',
      output: schema.emptyPage,
      async handle(call, { params }) {
        await theirs(call, params.id)
        return { object: 'page' as const, data: [], has_more: false, next_page: null }
      },
    }),
  ),
]

const theirs = (call: Call, id: string): Promise<unknown> =>
  call.read(function* () {
    const workspace = yield* theWorkspace()
    return found(workspace?.id === id ? workspace : undefined, 'workspace')
  })
