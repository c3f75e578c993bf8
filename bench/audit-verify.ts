import { generateKeyPairSync, hash } from 'node:crypto'
import {
  appendFileSync,
  createReadStream,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { verifyStream } from '#src/cli/audit-verify.ts'
import { findCheckpoint, signCheckpoint } from '#features/audit/proof/checkpoint.ts'
import { checkpointLine, endLine, headLine, recordLine } from '#features/audit/proof/lines.ts'
import { linkOf, noLink } from '#features/audit/proof/link.ts'
import { commitmentOf, recordText } from '#features/audit/proof/record.ts'
import { median } from './measure.ts'

/**
 * `node bench/run.mjs audit-verify`. `gatehouse audit verify` over an export of records as administrators make them, with a
 * checkpoint every 5,000. The peer is a bare loop of SHA-256: over the same bytes once a record, and over a link once a
 * record, with nothing read, found or compared. Wanted: 200,000 records a second.
 */
const records = 400_000
const wanted = 200_000
const turns = 3

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
const file = join(folder, 'audit.jsonl')
const texts: string[] = []
const links: string[] = []
const trust = write()

function write() {
  const { privateKey } = generateKeyPairSync('ed25519')
  let link = noLink
  let last = ''
  let lines = [
    headLine({
      gatehouse: 'audit-export-1',
      workspace: 'wsp_1',
      from: 1,
      before: link,
      inherited: null,
    }),
  ]
  writeFileSync(file, '')
  for (let seq = 1; seq <= records; seq++) {
    const id = seq.toString(16).padStart(32, '0')
    const text = recordText(id, {
      id: `aud_${id}`,
      at: 1_767_603_600_000 + seq * 997,
      actor_kind: 'session',
      actor_id: `mem_${id}`,
      actor_label: `person.${seq % 900}@acme.example`,
      action: 'group.change-members',
      target_kind: 'group',
      target_id: `grp_${id}`,
      target_label: `Team ${seq % 300}`,
      touches: seq % 40,
      detail: JSON.stringify({
        before: { members: seq % 40 },
        after: { added: [`mem_${id}`], removed: [] },
      }),
      request_id: `req_${id}`,
      ip: '192.0.2.17',
    })
    const commitment = commitmentOf(text)
    if (seq <= 20_000) {
      texts.push(text)
      links.push(`gatehouse-audit-1\n${link}\n${seq}\n${commitment}\n`)
    }
    link = linkOf(link, seq, commitment)
    lines.push(recordLine({ seq, link, commitment }, text))
    if (seq % 5000 === 0) {
      last = signCheckpoint({ workspace: 'wsp_1', records: seq, link, at: seq }, privateKey).text
      lines.push(checkpointLine(last))
      appendFileSync(file, lines.join(''))
      lines = []
    }
  }
  appendFileSync(file, lines.join('') + endLine({ records, link }))
  const checkpoint = findCheckpoint(last)
  if (!checkpoint) throw new Error('The checkpoint cannot be read.')
  return { checkpoint }
}

const rates: number[] = []
const peers: number[] = []
let peak = 0
try {
  for (let turn = 0; turn < turns; turn++) {
    const from = performance.now()
    const verdict = await verifyStream(
      createReadStream(file, { highWaterMark: 1024 * 1024 }),
      trust,
    )
    rates.push((records / (performance.now() - from)) * 1000)
    peak = Math.max(peak, process.memoryUsage().rss)
    if (verdict.outcome !== 'covered' || verdict.records !== records)
      throw new Error(JSON.stringify(verdict))
    const bytes = texts.map((text) => Buffer.from(text))
    const start = performance.now()
    for (const [i, part] of bytes.entries()) {
      hash('sha256', part)
      hash('sha256', links[i] ?? '')
    }
    peers.push((bytes.length / (performance.now() - start)) * 1000)
  }
  const [ours, peer] = [median(rates), median(peers)]
  const megabytes = statSync(file).size / 1024 / 1024
  console.log(
    `audit-verify: ${records} records, ${megabytes.toFixed(0)} MiB, median of ${turns}, ${(peak / 1024 / 1024).toFixed(0)} MiB of memory`,
  )
  console.log(
    `  Gatehouse ${Math.round(ours)} records/s   bare SHA-256 ${Math.round(peer)} records/s   ratio ${(ours / peer).toFixed(2)}   wanted ${wanted} records/s`,
  )
  if (ours < wanted) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
