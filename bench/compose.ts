import process from 'node:process'
import {
  composeRead,
  fold,
  readLayer,
  type Layer,
  type Plain,
  type PlainTable,
} from '#requirements/index.ts'
import { median } from './measure.ts'

/**
 * `node bench/run.mjs compose`. A delivered policy of 200 keys and a file of 60 on the machine, half of which are in both:
 * composed with the why of every key, against a plain recursive merge of the same two values, which says nothing of where
 * they come from. Both in one process, turn by turn; medians of the processor time. Reading and judging the texts, and judging what they
 * amount to together, are measured beside it.
 */
const rounds = 25
const turns = 400
const limitMicroseconds = 100

const numbered = (count: number, from: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(from + n)).join('')

const policy = `allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_approval_policies = ["on-request"]
[features]
${numbered(60, 0, (n) => `feature_${n} = ${n % 2 === 0}\n`)}[experimental_network]
enabled = true
[experimental_network.domains]
${numbered(60, 0, (n) => `"host-${n}.example.com" = "${n % 5 === 0 ? 'deny' : 'allow'}"\n`)}[computer_use.macos.bundle_ids]
${numbered(40, 0, (n) => `"com.example.app${n}" = "allow"\n`)}${numbered(30, 0, (n) => `[mcp_servers.server${n}]\nidentity = { command = "server-${n}" }\n`)}[rules]
prefix_rules = [
${numbered(20, 0, (n) => `  { pattern = [{ token = "tool${n}" }], decision = "prompt" },\n`)}]
`
const machine = `allowed_sandbox_modes = ["read-only"]
[features]
${numbered(30, 45, (n) => `feature_${n} = false\n`)}[experimental_network.domains]
${numbered(28, 45, (n) => `"host-${n}.example.com" = "deny"\n`)}[rules]
prefix_rules = [{ pattern = [{ token = "local" }], decision = "forbidden" }]
`
const layers: readonly Layer[] = [
  { kind: 'delivered', name: 'Baseline', text: policy },
  { kind: 'system', name: '/etc/codex/requirements.toml', text: machine },
]

/** Milliseconds of processor time: other work on the machine does not count. */
function timed(act: () => void): number {
  const from = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000
}

const isTable = (value: Plain | undefined): value is PlainTable =>
  typeof value === 'object' && !Array.isArray(value)

/** What one would write without thinking of why. */
function merged(high: PlainTable, low: PlainTable): PlainTable {
  const out: Record<string, Plain> = { ...low }
  for (const [key, value] of Object.entries(high)) {
    const other = low[key]
    out[key] = isTable(value) && isTable(other) ? merged(value, other) : value
  }
  return out
}

const read = layers.map((layer) => readLayer(layer))
const [high = {}, low = {}] = layers.map((layer) => composeRead([readLayer(layer)]).document)
let sink = 0
const times = {
  ours: [] as number[],
  peer: [] as number[],
  read: [] as number[],
  judged: [] as number[],
}
for (let round = 0; round < rounds; round += 1) {
  const each = (act: () => number): number =>
    (timed(() => {
      for (let turn = 0; turn < turns; turn += 1) sink += act()
    }) *
      1000) /
    turns
  times.ours.push(each(() => fold(read).keys.length))
  times.peer.push(each(() => Object.keys(merged(high, low)).length))
  times.read.push(timed(() => (sink += layers.map((layer) => readLayer(layer)).length)))
  times.judged.push(timed(() => (sink += composeRead(read).errors.length)))
}
const { keys } = fold(read)
const ours = median(times.ours)
const peer = median(times.peer)
console.log(
  `${keys.length} keys in force, ${keys.filter(({ beat }) => beat.length > 0).length} of them contested; median of ${rounds} (${sink > 0 ? 'done' : ''})`,
)
console.log(
  `compose, with the why of every key ${ours.toFixed(1).padStart(9)} µs   peer ${peer.toFixed(1)} µs   ratio ${(ours / peer).toFixed(1)}`,
)
console.log(`read and judge both texts before    ${median(times.read).toFixed(2).padStart(8)} ms`)
console.log(`judge what they amount to after     ${median(times.judged).toFixed(2).padStart(8)} ms`)
const good = ours < limitMicroseconds
console.log(`${good ? 'within' : 'OUTSIDE'} the stated limit (${limitMicroseconds} µs)`)
if (!good) process.exitCode = 1
