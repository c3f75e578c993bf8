/** What a request brings: read up to a limit, then held to its schema. */
import type { z } from 'zod'
import { formType, readForm } from './form.ts'
import { Problem, type ProblemItem } from './problem.ts'
import type { Route } from './route.ts'

const defaultLimit = 1024 * 1024

/** Complaints about one input; a body full of wrong items must not become an answer many times its size. */
const mostComplaints = 100

export async function readBody(route: Route, request: Request): Promise<unknown> {
  if (!route.body && route.text === undefined) return undefined
  if (route.form === true && contentTypeOf(request) === formType)
    return parse(route.body, withoutNul(readForm(textOf(await readPieces(route, request)))), 'body')
  if (route.media === undefined || contentTypeOf(request) !== route.media)
    refuseOther(request, route.text ?? json)
  const pieces = await readPieces(route, request)
  if (route.body) return parseJson(route.body, pieces)
  const text = textOf(pieces)
  if (text.includes('\0')) throw new Problem('invalid_input', 'The text contains U+0000.')
  return text
}

const json = 'application/json'

/** Without its parameters, in lower case; empty: none is said. */
export const contentTypeOf = (request: Request): string | undefined =>
  (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()

function refuseOther(request: Request, wanted: string): void {
  if (contentTypeOf(request) !== wanted)
    throw new Problem('unsupported_media_type', `Send the body as ${wanted}.`)
}

/** A body as it came, in pieces: put together here, large ones would cost V8 a collection each second. */
export type Pieces = readonly Uint8Array<ArrayBuffer>[]

/** What {@link parseJson} is given in another thread. The memory of the pieces is theirs alone, and can be handed over. */
export async function readJson(limit: number, request: Request): Promise<Pieces> {
  refuseOther(request, json)
  const pieces = await readPieces({ limit }, request)
  return pieces.map((piece) =>
    piece.length === piece.buffer.byteLength ? piece : new Uint8Array(piece),
  )
}

/** A body of JSON as the schema has it. */
export function parseJson<T extends z.ZodType>(schema: T, pieces: Pieces): z.output<T> {
  const text = textOf(pieces)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('malformed_body', `The body is not JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return parse(schema, withoutNul(value), 'body') as z.output<T>
}

/** Reads at most as much as the route takes; an announced or actual larger body is refused without being kept. */
async function readPieces(
  { limit = defaultLimit }: Pick<Route, 'limit'>,
  request: Request,
): Promise<Pieces> {
  // Made only to be thrown: an error that knows where it was made costs more than reading a small body.
  const tooLarge = () => new Problem('body_too_large', `The body may have at most ${limit} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += (piece as Uint8Array).length
    if (size > limit) throw tooLarge()
    pieces.push(piece)
  }
  return pieces
}

function textOf(pieces: Pieces): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
  } catch (error) {
    throw new Problem('malformed_body', 'The body is not UTF-8.', { cause: error })
  }
}

/** U+0000 cannot be stored or compared by PostgreSQL as text, so it is refused before it meets either engine. */
export function withoutNul(value: unknown, depth = 0): unknown {
  if (depth > 100) throw new Problem('invalid_input', 'The body is nested too deeply.')
  if (typeof value === 'string' && value.includes('\0'))
    throw new Problem('invalid_input', 'A text contains U+0000.', { remedy: 'Leave it out.' })
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      withoutNul(key, depth + 1)
      withoutNul(inner, depth + 1)
    }
  return value
}

export function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, mostComplaints).map((issue): ProblemItem => ({
    field: [where === 'body' ? [] : [where], issue.path].flat().join('.'),
    message: issue.message,
  }))
  throw new Problem(
    'invalid_input',
    errors.map((e) => `${e.field || where}: ${e.message}`).join('; '),
    {
      errors,
      remedy: 'Correct the named fields and send it again.',
    },
  )
}
