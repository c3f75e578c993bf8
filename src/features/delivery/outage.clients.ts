import { setImmediate } from 'node:timers/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Bearer } from '#features/clients/index.ts'
import { second, type Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { memberRefusals, type MemberAnswer, type Subject } from './answers.ts'
import type { Fragment } from './bundle.ts'
import {
  createConfirmation,
  createWriting,
  readIfThere,
  sha256,
  writeParts,
} from './outage.file.ts'
import { bundlesForm, freezeOutcome, outcomeForm, thawOutcomes } from './outage.outcomes.ts'
import type { ClientAnswers, Workspace } from './source.ts'

/**
 * The second file of an outage: signed-in clients. Lines of JSON, so that a hundred thousand of them are written in small parts
 * with turns for others in between: a head with the bundles, the members, the hashes of access tokens (never a token), and the
 * SHA-256 of all that.
 */
const head = z.object({
  format: z.literal(1),
  confirmedAt: z.number(),
  workspace: z.object({ id: z.string(), name: z.string() }),
  members: z.int(),
  bearers: z.int(),
  bundles: bundlesForm,
  outcomes: z.array(outcomeForm(memberRefusals)),
})
type Outcome = z.infer<typeof head>['outcomes'][number]
/** A member or service account, whether with tokens that somebody made, and the index of what they open. */
const memberLine = z.tuple([z.string(), z.int(), z.literal('made').optional()])
/** The hash, the client, the index of the line of its principal, the route, and when it ends. */
const bearerLine = z.tuple([
  z.string(),
  z.string(),
  z.int(),
  z.enum(['config_server', 'workspace']),
  z.number(),
])

/** Everything that clients are answered from, at one moment. */
export interface Picture extends Pick<ClientAnswers, 'outcome'> {
  readonly confirmedAt: number
  readonly workspace: Workspace
  /** Stands behind each policy, beside it. */
  readonly fragment?: Fragment | null
  /** May change while it is gone through: each entry is true for itself. */
  readonly bearers: ReadonlyMap<string, Bearer>
}

/** The lines of the file, a few thousand at a time. Expired tokens and members without an answer are left out. */
export function* lines(picture: Picture, now: number): Generator<string> {
  const outcomes: Outcome[] = []
  const bundles: Record<string, string> = {}
  const indexOf = new Map<MemberAnswer, number>()
  const members: string[] = []
  const lineOf = { signedIn: new Map<string, number>(), made: new Map<string, number>() }
  const bearers: string[] = []

  const outcomeIndex = (outcome: MemberAnswer): number => {
    const known = indexOf.get(outcome)
    if (known !== undefined) return known
    outcomes.push(freezeOutcome(outcome, bundles, picture.fragment ?? null))
    indexOf.set(outcome, outcomes.length - 1)
    return outcomes.length - 1
  }
  const memberIndex = (subject: Subject): number | undefined => {
    const { principalId: id, made } = subject
    const lines = made ? lineOf.made : lineOf.signedIn
    const known = lines.get(id)
    if (known !== undefined) return known
    const outcome = picture.outcome(subject)
    if (!outcome) return undefined
    lines.set(id, members.length)
    members.push(JSON.stringify([id, outcomeIndex(outcome), ...(made ? ['made'] : [])]))
    return members.length - 1
  }

  let seen = 0
  for (const [hash, bearer] of picture.bearers) {
    const { clientId, route, endsAt } = bearer
    const member = endsAt > now ? memberIndex(bearer) : undefined
    if (member !== undefined) bearers.push(JSON.stringify([hash, clientId, member, route, endsAt]))
    if (++seen % linesAtOnce === 0) yield ''
  }
  const { confirmedAt, workspace } = picture
  const first: z.infer<typeof head> = {
    format: 1,
    confirmedAt,
    workspace: { id: workspace.id, name: workspace.name },
    members: members.length,
    bearers: bearers.length,
    bundles,
    outcomes,
  }
  yield `${JSON.stringify(first)}\n`
  yield* joined(members)
  yield* joined(bearers)
}

const linesAtOnce = 2000

function* joined(all: readonly string[]): Generator<string> {
  for (let from = 0; from < all.length; from += linesAtOnce)
    yield all.slice(from, from + linesAtOnce).join('\n') + '\n'
}

/** The way back. Throws for a file that is damaged. */
export function read(text: string): Omit<ClientAnswers, 'staleSince'> & {
  readonly confirmedAt: number
  readonly bearers: ReadonlyMap<string, Bearer>
  /** The SHA-256 of the content. */
  readonly content: string
} {
  const end = text.lastIndexOf('\n', text.length - 2) + 1
  const content = sha256(text.slice(0, end))
  if (text.slice(end) !== `${content}\n`) throw new Error('the list of clients is damaged')
  const all = text.slice(0, end - 1).split('\n')
  const first = head.parse(JSON.parse(all[0] ?? ''))
  const thaw = thawOutcomes(first.bundles)
  const outcomes = first.outcomes.map((outcome) => thaw(outcome))
  const subjects: Subject[] = []
  const members = {
    signedIn: new Map<string, MemberAnswer>(),
    made: new Map<string, MemberAnswer>(),
  }
  const answersOf = (made: boolean) => (made ? members.made : members.signedIn)
  for (const line of all.slice(1, 1 + first.members)) {
    const [principalId, outcome, how] = memberLine.parse(JSON.parse(line))
    const made = how === 'made'
    subjects.push({ principalId, made })
    answersOf(made).set(principalId, at(outcomes, outcome))
  }
  const bearers = new Map<string, Bearer>()
  for (const line of all.slice(1 + first.members)) {
    const [hash, clientId, member, route, endsAt] = bearerLine.parse(JSON.parse(line))
    bearers.set(hash, { clientId, ...at(subjects, member), route, endsAt })
  }
  return {
    confirmedAt: first.confirmedAt,
    workspace: first.workspace,
    bearers,
    bearer: (hash) => bearers.get(hash),
    outcome: ({ principalId, made }) => answersOf(made).get(principalId),
    content,
  }
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Error('a line of it refers to nothing')
  return value
}

export interface ClientsFile {
  readonly path: string
  /** Writes it now, after what is being written; of those that wait only the newest. */
  save(): void
  /** Writes it within that time (ms): one more or one less token must not rewrite all the others. */
  saveWithin(ms: number): void
  /** Writes down that the database still confirms it; seldom, however often it is called. */
  confirm(confirmedAt: number): void
  /** Undefined when there is no file; throws when it is damaged. */
  load(): Promise<(Omit<ClientAnswers, 'staleSince'> & { confirmedAt: number }) | undefined>
  failingSince(): number | null
  /** Writes what waits, and waits for it. */
  settled(): Promise<void>
}

/** How soon the file is rewritten when only tokens were issued, and how soon when a client was ended or members changed (ms). */
export const saveIssuedWithin = 30 * second
export const saveEndedWithin = 5 * second

export function createClientsFile(parts: {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  /** Undefined: there is nothing to write down yet. */
  readonly picture: () => Picture | undefined
}): ClientsFile {
  const { clock } = parts
  const path = join(parts.dataDir, 'outage', 'clients.jsonl')
  const writing = createWriting(path, clock, parts.log)
  const confirmation = createConfirmation(
    join(parts.dataDir, 'outage', 'clients-confirmed.json'),
    writing,
  )
  let timer: NodeJS.Timeout | undefined
  let due = Infinity

  async function write(): Promise<void> {
    const picture = parts.picture()
    if (!picture) return
    const content = createHash('sha256')
    let digest = ''
    await writeParts(path, async (file) => {
      for (const part of lines(picture, clock())) {
        content.update(part)
        await file.write(part)
        await setImmediate()
      }
      digest = content.digest('hex')
      await file.write(`${digest}\n`)
    })
    confirmation.filed(digest, picture.confirmedAt)
  }

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    due = Infinity
    writing.queue(write)
  }

  return {
    path,
    save,
    saveWithin(ms) {
      const wanted = performance.now() + ms
      if (wanted >= due) return
      clearTimeout(timer)
      due = wanted
      timer = setTimeout(save, ms).unref()
    },
    confirm: confirmation.confirm,
    async load() {
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      const { confirmedAt, content, ...answers } = read(text)
      return { ...answers, confirmedAt: (await confirmation.read(content)) ?? confirmedAt }
    },
    failingSince: writing.failingSince,
    async settled() {
      if (timer) save()
      await writing.settled()
    },
  }
}
