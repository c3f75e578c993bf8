import { createWriteStream, renameSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { defineCommand } from 'citty'
import type { Trust, Verdict } from '#features/audit/proof/verify.ts'
import { apiStream, ApiRefusal } from './api.ts'
import { keyOfServer, trustOf, verifyExport } from './audit-verify.ts'
import { print } from './print.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const

const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Write the audit trail with its proof into a file' },
  args: {
    file: { type: 'positional', description: 'File to write, such as audit.jsonl', required: true },
    from: { type: 'string', description: 'Number of the record to begin with' },
  },
  async run({ args }) {
    const stream = await apiStream(`/api/v1/audit/export?from=${args.from ?? '1'}`)
    // Under its name only when it is whole.
    const draft = `${args.file}.part`
    // It names people and what they did.
    await pipeline(stream, createWriteStream(draft, { mode: 0o600 }))
    renameSync(draft, args.file)
    console.log(
      `${args.file} is written. Check it with: gatehouse audit verify ${args.file} --key …`,
    )
  },
})

const verify = defineCommand({
  meta: {
    name: 'verify',
    description:
      'Check an export (without the server), or the running server: nothing edited, taken out, put in, moved, cut off or rewritten. Exit code 1: something was; 3: what you trust does not vouch for all of it',
  },
  args: {
    file: { type: 'positional', description: 'An export; none: the server’s', required: false },
    key: { type: 'string', description: 'The public key that you trust, or a file with it' },
    checkpoint: { type: 'string', description: 'A file with a checkpoint that you trust: a mail' },
    'in-itself': { type: 'boolean', description: 'Trust nothing: only whether it fits together' },
    json,
  },
  async run({ args }) {
    const trust = trustOf(args)
    if (trustsNothing(trust) && !args['in-itself'])
      throw new ApiRefusal(
        'Say what you trust: --checkpoint with one that was sent to you, or --key with the public key that you kept. Whoever rewrites a whole trail makes it fit together; --in-itself checks no more than that.',
      )
    const verdict = await verifyExport(args.file, trust)
    print(args.json, verdict, () => console.log(sentences(verdict).join('\n')))
    process.exitCode = exitCodeOf(verdict, trust)
  },
})

/** 0: as it was written; 1: it is not; 3: nothing is amiss, but what is trusted does not vouch for all of it. */
function exitCodeOf({ outcome }: Verdict, trust: Trust): number {
  if (outcome === 'broken') return 1
  // Who trusts nothing asked for no more than whether it fits together.
  return outcome === 'covered' || trustsNothing(trust) ? 0 : 3
}

const trustsNothing = ({ key, checkpoint }: Trust): boolean =>
  key === undefined && checkpoint === undefined

const iso = (at: number): string => new Date(at).toISOString()
const counted = (count: number): string => (count === 1 ? '1 record' : `${count} records`)

function sentences(verdict: Verdict): readonly string[] {
  const { records, first, last, erased, inherited, findings, troubles } = verdict
  const range = records === 0 ? 'No records' : `${counted(records)} (${first} to ${last})`
  return [
    ...findings.map(({ trouble, message }) => `${trouble}: ${message}`),
    ...(troubles > findings.length ? [`… and ${troubles - findings.length} more.`] : []),
    `${range}: ${judgement(verdict)}`,
    ...coverage(verdict),
    ...(erased > 0
      ? [
          `Of ${counted(erased)} only the place in the chain is left: they were erased for a person.`,
        ]
      : []),
    ...(first > 1 ? [`Records 1 to ${first - 1} are not in it.`] : []),
    ...(inherited
      ? [
          `The first ${inherited.records} were there before the chain, which began ${iso(inherited.at)}.`,
        ]
      : []),
  ]
}

function judgement({ outcome, vouched, uncovered, records }: Verdict): string {
  if (outcome === 'broken') return 'NOT as they were written.'
  if (outcome === 'covered') return 'as they were written.'
  return vouched === null || uncovered === records
    ? 'they fit together, and nothing that you trust vouches for any of them.'
    : `${records - uncovered} as they were written; NOT COVERED: the last ${uncovered}.`
}

function coverage({ vouched, uncovered, last }: Verdict): readonly string[] {
  if (vouched === null) return []
  return [
    `Vouched for up to record ${vouched.records}, signed ${iso(vouched.at)}.`,
    ...(uncovered > 0
      ? [
          `Records ${last - uncovered + 1} to ${last} come after it: whoever made this export could have written them. Export again, or bring a later checkpoint.`,
        ]
      : []),
  ]
}

const key = defineCommand({
  meta: { name: 'key', description: 'The public key of the server; keep it somewhere else' },
  args: { json },
  async run({ args }) {
    const publicKey = await keyOfServer()
    print(args.json, { publicKey }, () => console.log(`ed25519:${publicKey}`))
  },
})

export const audit = defineCommand({
  meta: { name: 'audit', description: 'The audit trail and its proof' },
  subCommands: { export: exportCommand, verify, key },
})
