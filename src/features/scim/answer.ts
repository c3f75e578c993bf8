/** One way for every request of a directory: act, log, answer in SCIM. */
import { z } from 'zod'
import { route } from '#features/workspace/index.ts'
import { appendAudit } from '#kernel/audit.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Call, Route, RouteSpec } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import type { Resource } from './attributes.ts'
import { complaint } from './complaint.ts'
import type { By, Done } from './done.ts'
import type { Setting } from './setting.ts'
import { directoryById } from './store.directories.ts'
import { insertLog } from './store.log.ts'
import { etag } from './user.ts'

export const media = 'application/scim+json'
/** 5,000 members of a group are half a megabyte. */
export const bodyLimit = 8 * 1024 * 1024

/** What SCIM sends is read by rules of its own (user.ts, patch.ts): here it only has to be an object. */
export const resourceBody = z.looseObject({})
export const idParams = z.object({ id: z.string().max(100) })
export const readQuery = z.object({
  attributes: z.string().max(2000).optional(),
  excludedAttributes: z.string().max(2000).optional(),
})

type Given = Pick<
  RouteSpec<never, z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>,
  'id' | 'method' | 'path' | 'summary' | 'status'
>

interface Input {
  readonly id: string
  readonly query: Readonly<Record<string, string | undefined>>
  readonly body: Resource
}

/** The answer as it goes out; `label` says in the log what it was about. */
export interface Answer {
  readonly resource?: Resource
  readonly version?: number
  readonly location?: string
  readonly id?: string
  readonly label?: string
}

const common = (spec: Given) => ({
  ...spec,
  auth: ['scim' as const],
  permission: null,
  media,
  errors: 'scim' as const,
  output: resourceBody,
  ...(spec.path.includes('{id}') ? { params: idParams } : {}),
})

const inputOf = (input: { params: unknown; query: unknown; body: unknown }): Input => ({
  id: (input.params as { id?: string } | undefined)?.id ?? '',
  query: (input.query ?? {}) as Input['query'],
  body: (input.body ?? {}) as Resource,
})

/** `Users` of `/scim/v2/Users/{id}`. */
const endpoint = (path: string): string => path.split('/')[3] ?? ''

/** A request that changes nothing. */
export function asks(
  { runtime, recorder, turn }: Setting,
  spec: Given & { readonly query?: z.ZodObject },
  answer: (by: By, input: Input, call: Call) => Work<Answer>,
): Route {
  return route({
    ...common(spec),
    query: spec.query ?? readQuery,
    audit: null,
    handle: (call, given) =>
      logged({ recorder, turn }, spec, call, given, async (input) => {
        const told = await runtime.db.read(function* () {
          return yield* answer(yield* byOf(call), input, call)
        })
        const unchanged =
          told.version !== undefined && isNamed(call.request, 'if-none-match', told.version)
        recorder.add(call, {
          directoryId: call.actor.id,
          resource: endpoint(spec.path),
          targetId: told.id ?? null,
          targetLabel: told.label ?? '',
          status: unchanged ? 304 : 200,
          outcome: 'read',
        })
        return unchanged ? respond(304, told) : respond(200, told)
      }),
  })
}

/** A request that changes something, or finds it as it should be. The audit record is written only for a change. */
export function acts<T>(
  { runtime, recorder, turn, ports }: Setting,
  spec: Given & { readonly audit: string; readonly body?: true },
  act: (by: By, input: Input, call: Call) => Work<Done<T>>,
  answer: (by: By, result: T, input: Input) => Work<Answer | undefined>,
): Route {
  const { audit, body, ...given } = spec
  return route({
    ...common(given),
    query: readQuery,
    ...(body ? { body: resourceBody, limit: bodyLimit } : {}),
    audit,
    handle: (call, request) =>
      logged({ recorder, turn }, spec, call, request, async (input) => {
        const { done, told } = await runtime.db.tx(function* () {
          const by = yield* byOf(call)
          const done = yield* act(by, input, call)
          const told = yield* answer(by, done.result, input)
          const { changed } = done
          if (changed) yield* appendAudit(call.recordOf(changed))
          yield* insertLog([
            recorder.rowOf(call, {
              directoryId: by.directory.id,
              resource: endpoint(spec.path),
              targetId: changed?.target.id ?? told?.id ?? (input.id === '' ? null : input.id),
              targetLabel: changed?.target.label ?? told?.label ?? '',
              status: statusOf(spec, told),
              outcome: changed ? 'changed' : 'unchanged',
              before: changed?.before,
              after: changed?.after,
            }),
          ])
          return { done, told }
        }, awaited)
        // Committed: what serves policies from memory hears of it before the provider does.
        if (done.settle) await ports.settle()
        return respond(statusOf(spec, told), told)
      }),
  })
}

/** Fetches of policies do not wait for the disk with a provider that sends 50,000 users. */
const awaited = { durability: 'awaited' } as const

const statusOf = ({ status }: Given, told: Answer | undefined): number =>
  told ? (status ?? 200) : 204

function* byOf(call: Call): Work<By> {
  return { directory: found(yield* directoryById(call.actor.id), 'directory'), now: call.now }
}

async function logged(
  { recorder, turn }: Pick<Setting, 'recorder' | 'turn'>,
  { path }: Given,
  call: Call,
  given: { params: unknown; query: unknown; body: unknown },
  act: (input: Input) => Promise<Response>,
): Promise<Response> {
  const input = inputOf(given)
  try {
    return await turn(() => act(input))
  } catch (error) {
    const problem = error instanceof Problem ? error : undefined
    recorder.add(call, {
      directoryId: call.actor.id,
      resource: endpoint(path),
      targetId: input.id === '' ? null : input.id,
      targetLabel: labelOf(input.body),
      status: problem?.status ?? 500,
      outcome: problem?.code === 'not_found' && call.request.method === 'GET' ? 'read' : 'refused',
      detail: problem?.message ?? 'Something went wrong inside Gatehouse.',
    })
    throw error
  }
}

/** What the request calls the user or the group. */
function labelOf(body: Resource): string {
  const named = Object.entries(body).find(([name]) => /^(username|displayname)$/i.test(name))?.[1]
  return typeof named === 'string' ? named.slice(0, 320) : ''
}

function respond(status: number, told: Answer | undefined): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  if (told?.version !== undefined) headers.set('etag', etag(told.version))
  if (told?.location !== undefined) headers.set('location', told.location)
  if (!told?.resource || status === 304) return new Response(null, { status, headers })
  headers.set('content-type', media)
  return new Response(JSON.stringify(told.resource), { status, headers })
}

/** RFC 9110, section 13.1: a list of entity tags or `*`; ours are weak, and compared weakly as RFC 7644, section 3.14 has it. */
function isNamed(request: Request, header: 'if-match' | 'if-none-match', version: number): boolean {
  const given = request.headers.get(header)
  if (given === null) return false
  return given
    .split(',')
    .map((one) => one.trim())
    .some((one) => one === '*' || one.replace(/^W\//, '') === `"${version}"`)
}

/** Throws `precondition_failed` when the request names another version than the present one. */
export const versionGuard =
  ({ request }: Call) =>
  ({ version }: { readonly version: number }): void => {
    if (request.headers.has('if-match') && !isNamed(request, 'if-match', version))
      throw new Problem('precondition_failed', `It is in version ${etag(version)} by now.`, {
        remedy: 'Read it again, then decide again.',
      })
  }

/** Most resources of one page; a provider that asks for more gets these, and goes on (RFC 7644, section 3.4.2.4). */
const mostPerPage = 500
const usualPerPage = 100

export const listQuery = readQuery.extend({
  filter: z.string().optional(),
  sortBy: z.string().max(200).optional(),
  sortOrder: z.string().max(20).optional(),
  startIndex: z.string().max(20).optional(),
  count: z.string().max(20).optional(),
})

export function pageWanted(query: Input['query']): { offset: number; limit: number } {
  const whole = (name: 'startIndex' | 'count', absent: number): number => {
    const text = query[name]
    if (text === undefined || text === '') return absent
    if (!/^-?\d{1,9}$/.test(text)) throw complaint('invalidValue', `${name} is a whole number.`)
    return Number(text)
  }
  return {
    offset: Math.max(1, whole('startIndex', 1)) - 1,
    limit: Math.min(mostPerPage, Math.max(0, whole('count', usualPerPage))),
  }
}

export const isDescending = (query: Input['query']): boolean =>
  query['sortOrder']?.toLowerCase() === 'descending'

export const listResponse = (
  resources: readonly Resource[],
  total: number,
  offset: number,
): Resource => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: total,
  startIndex: offset + 1,
  itemsPerPage: resources.length,
  Resources: resources,
})

/** For what answers 204. */
export function* nothing(): Work<undefined> {
  return undefined
}
