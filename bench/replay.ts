import process from 'node:process'
import { commandRulesOf, decideCommand, replay, type Verdict } from '#requirements/index.ts'
import { seeded } from './made-history.ts'
import { median } from './measure.ts'

/**
 * `node bench/run.mjs replay`. 100,000 recorded commands, decided by 40 rules before and 45 after:
 * - all of them different, and as agents run them, where a tenth are;
 * - the peer goes through commands and rules one by one, with `decideCommand` twice for each command.
 * Both in one process, turn by turn, medians of the processor time printed.
 */
const rounds = 5
const count = 100_000

const random = seeded(169)
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const programs =
  'git npm ls cat rg sed rm curl docker kubectl make cargo go node python3 aws'.split(' ')
const words =
  'push status run test -rf --force src/main.ts build install apply -n install "a b"'.split(' ')

const command = (n: number): string => {
  const one = () => [pick(programs), ...Array.from({ length: 4 }, () => pick(words))].join(' ')
  const line = `${one()} ${n} && ${one()} | ${one()}`
  const kind = random()
  if (kind < 0.2) return `${line} > out.txt`
  if (kind < 0.3) return `cd /w/${n} && for f in *; do ${one()}; done`
  return kind < 0.6 ? line : `${one()} ${n}`
}

const policy = (rules: number): string =>
  `[rules]\nprefix_rules = [\n${Array.from({ length: rules }, (_, n) => {
    const decision = n % 3 === 0 ? 'forbidden' : 'prompt'
    return `  { pattern = [{ token = "${programs[n % programs.length] ?? ''}" }, { any_of = ["${words[n % 11] ?? ''}", "w${n}"] }], decision = "${decision}" },`
  }).join('\n')}\n]\n`

const before = commandRulesOf(policy(40))
const after = commandRulesOf(policy(45))
const different = Array.from({ length: count }, (_, n) => ({
  command: command(n),
  principal: `member ${n % 5000}`,
}))
const repeated = Array.from({ length: count }, (_, n) => ({
  ...(different[Math.floor(random() * (count / 10))] ?? { command: 'ls' }),
  principal: `member ${n % 5000}`,
}))

/** Processor time of this process, all its threads, in milliseconds: other work on the machine does not count. */
const timed = (act: () => number): readonly [milliseconds: number, changed: number] => {
  const from = process.cpuUsage()
  const changed = act()
  const { user, system } = process.cpuUsage(from)
  return [(user + system) / 1000, changed]
}

let good = true
for (const [name, commands] of [
  ['100,000 different commands', different],
  ['100,000 commands, a tenth of them different', repeated],
] as const) {
  const ours: number[] = []
  const peer: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [own, changed] = timed(() => replay(before, after, commands).changed)
    const [other, counted] = timed(() => {
      const pairs: Verdict[][] = commands.map((one) => [
        decideCommand(before, one.command).decision,
        decideCommand(after, one.command).decision,
      ])
      return pairs.filter(([was, is]) => was !== is).length
    })
    if (changed !== counted)
      throw new Error(`${changed} commands change, the peer counts ${counted}`)
    ours.push(own)
    peer.push(other)
  }
  console.log(
    `${name.padEnd(46)} ${median(ours).toFixed(0).padStart(6)} ms   peer ${median(peer).toFixed(0).padStart(6)} ms   ratio ${(median(peer) / median(ours)).toFixed(2)}`,
  )
  good &&= median(ours) < 2000
}
console.log(
  good
    ? 'within the stated limit (2 s of processor time)'
    : 'OUTSIDE the stated limit (2 s of processor time)',
)
if (!good) process.exitCode = 1
