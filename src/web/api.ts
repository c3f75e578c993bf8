import { z } from 'zod'
import { stringifySearch } from './address.ts'

const problemSchema = z.object({
  code: z.string(),
  title: z.string().default('Something went wrong'),
  detail: z.string().optional(),
  remedy: z.string().optional(),
  requestId: z.string().optional(),
  errors: z
    .array(
      z.object({
        field: z.string().optional(),
        message: z.string(),
        code: z.string().optional(),
        line: z.number().optional(),
        column: z.number().optional(),
      }),
    )
    .default([]),
})
type ProblemDocument = z.infer<typeof problemSchema>
export type ApiErrorItem = ProblemDocument['errors'][number]

/**
 * What the server refused, read from its problem+json (RFC 9457), or what kept it from being asked: then the code is
 * `unreachable` (no answer), `unreadable` (an answer of another form) and the status 0 or the one received.
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly remedy: string | undefined
  readonly requestId: string | undefined
  readonly errors: readonly ApiErrorItem[]
  /** The whole document, for members of a particular code. */
  readonly document: Readonly<Record<string, unknown>>

  constructor(status: number, problem: ProblemDocument, document: Record<string, unknown> = {}) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code
    this.title = problem.title
    this.remedy = problem.remedy
    this.requestId = problem.requestId
    this.errors = problem.errors
    this.document = document
  }

  /** Complaints by form field (`body.name` is `name`), for `form.setErrors(error.fields)`. */
  get fields(): Record<string, string> {
    const fields: Record<string, string> = {}
    for (const { field, message } of this.errors)
      if (field !== undefined) fields[field.replace(/^body\./, '')] ??= message
    return fields
  }
}

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>
export interface CallOptions<S extends z.ZodType> {
  readonly query?: Query
  readonly schema?: S
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}
export type WriteOptions<S extends z.ZodType> = CallOptions<S> & {
  /** A JSON value; a string, Blob or FormData is sent as it is. */
  readonly body?: unknown
}

/** What the application does when a session is missing or a password is asked again; set once by app.tsx. */
export interface SessionGuards {
  readonly onSignedOut: () => void
  /** The session waits for its second factor. */
  readonly onHalf: () => void
  /** Resolves to true when the member has confirmed the password, and the call is repeated once. */
  readonly reauthenticate: () => Promise<boolean>
}
let guards: SessionGuards | undefined
export function setSessionGuards(next: SessionGuards | undefined): void {
  guards = next
}

async function readProblem(response: Response): Promise<ApiError> {
  const json: unknown = await response.json().catch(() => undefined)
  const parsed = problemSchema.safeParse(json)
  if (parsed.success)
    return new ApiError(response.status, parsed.data, json as Record<string, unknown>)
  return new ApiError(response.status, {
    code: 'unreadable',
    title: `The server answered ${response.status} without an explanation`,
    remedy: 'Try again. If it stays, look at the server’s log.',
    errors: [],
  })
}

async function send(method: string, path: string, options: WriteOptions<z.ZodType>) {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  // A header no other site can add without a preflight; the server checks it together with Origin.
  if (method !== 'GET') headers['x-gatehouse-csrf'] = '1'
  const { body } = options
  const raw = typeof body === 'string' || body instanceof Blob || body instanceof FormData
  if (body !== undefined && !raw) headers['content-type'] = 'application/json'
  try {
    return await fetch(path + stringifySearch(options.query ?? {}), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause
    throw new ApiError(0, {
      code: 'unreachable',
      title: 'The server does not answer',
      remedy: 'Check your connection and try again; nothing you typed is lost.',
      errors: [],
    })
  }
}

async function answered(
  method: string,
  path: string,
  options: WriteOptions<z.ZodType>,
): Promise<Response> {
  let response = await send(method, path, options)
  if (!response.ok) {
    let error = await readProblem(response)
    if (error.code === 'reauthentication_required' && (await guards?.reauthenticate()) === true) {
      response = await send(method, path, options)
      if (!response.ok) error = await readProblem(response)
    }
    if (!response.ok) {
      if (error.code === 'unauthenticated') guards?.onSignedOut()
      if (error.code === 'second_factor_required') guards?.onHalf()
      throw error
    }
  }
  return response
}

async function call<S extends z.ZodType = z.ZodUnknown>(
  method: string,
  path: string,
  options: WriteOptions<S> = {},
): Promise<z.output<S>> {
  const text = await (await answered(method, path, options)).text()
  const json: unknown = text === '' ? undefined : JSON.parse(text)
  return (options.schema === undefined ? json : options.schema.parse(json)) as z.output<S>
}

type Get = <S extends z.ZodType = z.ZodUnknown>(
  path: string,
  options?: CallOptions<S>,
) => Promise<z.output<S>>
type Write = <S extends z.ZodType = z.ZodUnknown>(
  path: string,
  options?: WriteOptions<S>,
) => Promise<z.output<S>>

/**
 * The typed way to the server: `api.get('/api/v1/members', { query: { q }, schema })`,
 * `api.post('/api/v1/groups', { body: { name }, schema })`. Throws {@link ApiError} for every refusal. With a schema the
 * answer has its type and is checked, so a server of another version shows as an error and not as a broken screen.
 */
export const api: {
  readonly get: Get
  readonly post: Write
  readonly put: Write
  readonly patch: Write
  readonly delete: Write
} = {
  get: (path, options) => call('GET', path, options),
  post: (path, options) => call('POST', path, options),
  put: (path, options) => call('PUT', path, options),
  patch: (path, options) => call('PATCH', path, options),
  delete: (path, options) => call('DELETE', path, options),
}

/** Saves a file that is asked for with a body; where a link can ask for it, a link is better. */
export async function saveFile(path: string, body: unknown, name: string): Promise<void> {
  const file = await (await answered('POST', path, { body })).blob()
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
