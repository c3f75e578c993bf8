import { createHash, randomBytes } from 'node:crypto'
import type { LogFile } from './schema.ts'

/** Text that stands for this value and no other: JSON with sorted names and no white space (RFC 8785). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}

/** What a line says for good, also when what it was about is erased. */
export interface Head {
  readonly eventId: string
  readonly eventType: string
  readonly workspaceId: string
  /** When Gatehouse received it (ms). */
  readonly receivedAt: number
}

/** What a line says until it is erased. No member may have a name of the sealed line. */
export type Payload = Readonly<Record<string, unknown>>

export interface SealedLine {
  /** Goes into the file, which never changes. */
  readonly sealed: string
  /** Kept apart from it, and erased together. */
  readonly salt: string
  readonly payload: string
}

const sealedNames = ['commitment', 'event_id', 'event_type', 'received_at', 'workspace_id'] as const
const openNames: ReadonlySet<string> = new Set([...sealedNames, 'salt', 'erased'])

/** SHA-256 (hex) over the bytes of the salt and the canonical payload: says nothing about either to who has neither. */
export const commitmentOf = (salt: string, payload: string): string =>
  createHash('sha256').update(Buffer.from(salt, 'hex')).update(payload).digest('hex')

export function sealLine(
  { eventId, eventType, workspaceId, receivedAt }: Head,
  content: Payload,
  random: (size: number) => Uint8Array = randomBytes,
): SealedLine {
  const wrong = Object.keys(content).find((name) => openNames.has(name))
  if (wrong !== undefined) throw new Error(`A payload cannot have a member ${wrong}.`)
  const salt = Buffer.from(random(16)).toString('hex')
  const payload = canonical(content)
  const sealed = canonical({
    commitment: commitmentOf(salt, payload),
    event_id: eventId,
    event_type: eventType,
    received_at: new Date(receivedAt).toISOString(),
    workspace_id: workspaceId,
  })
  return { sealed, salt, payload }
}

/** The line as it is downloaded: the sealed members, then salt and payload, or that they are gone. */
export function openLine(
  sealed: string,
  kept: Pick<SealedLine, 'salt' | 'payload'> | undefined,
): string {
  const begin = sealed.slice(0, -1)
  if (!kept) return `${begin},"erased":true}`
  const members = kept.payload.slice(1, -1)
  return `${begin},"salt":"${kept.salt}"${members === '' ? '' : `,${members}`}}`
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Where a file stands below a folder or in a bucket, without an ending: `AUTH_LOG/2026/01/05/20260105T090000.000Z-clf_…`. */
export function placeOf({ event_type: type, end_time: end, id }: LogFile): string {
  const [day = ''] = end.split('T')
  return `${type}/${day.replaceAll('-', '/')}/${end.replaceAll(/[-:]/g, '')}-${id}`
}

/** What is said about a file beside it, so that it can be verified without Gatehouse. */
export const noteOf = (file: LogFile): string => `${JSON.stringify(file, null, 2)}\n`

export interface Checked {
  readonly lines: number
  readonly erased: number
  /** SHA-256 (hex) of the sealed lines, each ended by a line feed. */
  readonly sealedSha256: string
  /** Lines (from 1) that say something else than they committed to. */
  readonly broken: readonly number[]
}

/**
 * Checks a downloaded file by nothing but itself; compare `sealedSha256` with the one in the list of files.
 *
 * @param options.exact its lines are as Gatehouse wrote them, and not written anew by another program: in another order, without
 * payloads, or with a name twice, of which a reader sees another one than is checked
 */
export function checkFile(text: string, { exact = false } = {}): Checked {
  const seal = createHash('sha256')
  const broken: number[] = []
  let erased = 0
  const lines = text.split('\n').filter((line) => line !== '')
  lines.forEach((line, index) => {
    const read = readLine(line)
    if (read === undefined || read.broken || (exact && line !== read.written))
      broken.push(index + 1)
    if (read?.erased === true) erased++
    if (read) seal.update(`${read.sealed}\n`)
  })
  return { lines: lines.length, erased, sealedSha256: seal.digest('hex'), broken }
}

interface ReadLine {
  readonly sealed: string
  readonly erased: boolean
  readonly broken: boolean
  /** The line as Gatehouse writes it. */
  readonly written: string
}

function readLine(line: string): ReadLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = value as Readonly<Record<string, unknown>>
  const sealed = canonical(Object.fromEntries(sealedNames.map((name) => [name, members[name]])))
  const payload = Object.fromEntries(
    Object.entries(members).filter(([name]) => !openNames.has(name)),
  )
  const { salt } = members
  if (typeof salt !== 'string') {
    const erased = members['erased'] === true && Object.keys(payload).length === 0
    const bare = Object.keys(members).length === sealedNames.length
    return { sealed, erased, broken: !erased && !bare, written: openLine(sealed, undefined) }
  }
  const kept = { salt, payload: canonical(payload) }
  const broken = commitmentOf(salt, kept.payload) !== members['commitment']
  return { sealed, erased: false, broken, written: openLine(sealed, kept) }
}
