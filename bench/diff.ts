import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { diffLines as jsdiffLines } from 'diff'
import {
  diffLines,
  refineWords,
  sideBySide,
  stats,
  unifiedPatch,
  type LineDiff,
} from '#history/index.ts'
import { hostileInputs } from './diff.hostile.ts'
import { generatedVersions } from './diff.generated.ts'
import { readHistory } from './git-history.ts'

/**
 * `node bench/run.mjs diff [--history PATH]`. Line diffs of 100 KB, 1 MB and 10 MB, few and many
 * changes, against `git diff --no-index --histogram` with the same files, less what the same command
 * takes for two tiny files, and against jsdiff, which is given up on after five seconds. Documents
 * are made of the pages of a git history, or of generated ones. Then inputs made to be hard, and the
 * marking of words in changed lines.
 */
const { values } = parseArgs({
  options: { history: { type: 'string' }, folder: { type: 'string' } },
})
const rounds = 9
const limits = { ratio: 1, manyMs: 1000, hostileMs: 1000, refineMs: 1 }
const outcome = { good: true }
const judge = (fits: boolean): string => {
  outcome.good &&= fits
  return fits ? '' : '   OUTSIDE'
}

type Moment = ReadonlyMap<string, string>

/** All pages of each moment, oldest moment first. */
async function versions(): Promise<readonly Moment[]> {
  if (values.history === undefined) return generatedVersions()
  const pages = new Map<string, string>()
  const moments: Moment[] = []
  for await (const { files } of readHistory(values.history, {
    folder: values.folder,
    endings: ['.md', '.mdx', '.txt', '.html'],
  })) {
    for (const { path, blob } of files) {
      if (blob === null) pages.delete(path)
      else pages.set(path, blob.toString())
    }
    moments.push(new Map(pages))
  }
  return moments
}

interface Case {
  readonly name: string
  readonly left: string
  readonly right: string
}

/**
 * Two moments as documents of about that size: the pages that differ first. Where a history is
 * smaller than the document, its pages follow again with their letters moved on, so that no line of
 * one copy is like any of another.
 */
function documents(before: Moment, after: Moment, bytes: number): Omit<Case, 'name'> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  const rank = (name: string) => (before.get(name) === after.get(name) ? 1 : 0)
  const parts = { left: [] as string[], right: [] as string[] }
  let size = 0
  for (let copy = 0; size < bytes; copy++) {
    for (const name of names.toSorted((a, b) => rank(a) - rank(b))) {
      if (size >= bytes) break
      parts.left.push(copied(before.get(name) ?? '', copy))
      parts.right.push(copied(after.get(name) ?? '', copy))
      size += after.get(name)?.length ?? 0
    }
  }
  return { left: parts.left.join('\n'), right: parts.right.join('\n') }
}

const copied = (page: string, copy: number): string =>
  copy === 0 ? page : page.replace(/[a-z]/g, (sign) => turned(sign, copy))
const turned = (sign: string, by: number): string =>
  String.fromCharCode(97 + ((sign.charCodeAt(0) - 97 + by) % 26))

/** Few changes: two neighbouring moments. Many: the first and the last. */
function cases(moments: readonly Moment[]): readonly Case[] {
  const [first, shortly, last] = [moments[0], moments.at(-2), moments.at(-1)]
  if (first === undefined || shortly === undefined || last === undefined) {
    throw new Error('A history of two commits or more is needed.')
  }
  return [100_000, 1_000_000, 10_000_000].flatMap((bytes) => {
    const name = bytes < 1e6 ? '100 KB' : `${bytes / 1e6} MB`
    return [
      { name: `${name}, few changes`, ...documents(shortly, last, bytes) },
      { name: `${name}, many changes`, ...documents(first, last, bytes) },
    ]
  })
}

const timed = (act: () => unknown): number => {
  const from = performance.now()
  act()
  return performance.now() - from
}
/** Other work on the machine only ever adds time. */
const fastest = (times: readonly number[]): number => Math.min(...times)
const fastestOf = (times: number, act: () => number): number =>
  fastest(Array.from({ length: times }, act))

const folder = await mkdtemp(join(tmpdir(), 'diff-bench-'))
async function fillFolders(name: string, copies: number, left: string, right: string) {
  for (const [side, text] of [['left', left] as const, ['right', right] as const]) {
    const into = join(folder, `${name}-${side}`)
    await rm(into, { recursive: true, force: true })
    await mkdir(into)
    for (let copy = 0; copy < copies; copy++) await writeFile(join(into, `${copy}.md`), text)
  }
}
const gitTime = (name: string): number =>
  timed(() => {
    const args = ['diff', '--no-index', '--histogram', '--no-color', '--text']
    const { status } = spawnSync('git', [...args, `${name}-left`, `${name}-right`], {
      stdio: 'ignore',
      cwd: folder,
    })
    if (status !== 0 && status !== 1) throw new Error('git diff failed')
  })
const repeat = (times: number, act: () => unknown): void => {
  for (let turn = 0; turn < times; turn++) act()
}
/** What git prints changes; a diff of ours that is written out as a patch is the same work. */
const patched = (left: string, right: string): string =>
  unifiedPatch(diffLines(left, right), { fromName: 'a/page', toName: 'b/page' })

try {
  const all = cases(await versions())
  console.log(`Fastest of ${rounds}, ms. The ratio is of the diff alone; git prints its diff too.`)
  const head = ['', 'diff', 'and patch', 'git', 'ratio', 'jsdiff', 'ratio']
  console.log(head.map((word, i) => (i === 0 ? word.padEnd(24) : word.padStart(10))).join(''))
  for (const { name, left, right } of all) {
    // Small documents many times over, in one run of git: its start would drown the difference.
    const copies = Math.max(1, Math.round(2_000_000 / right.length))
    await fillFolders('tiny', copies, 'a\n', 'b\n')
    await fillFolders('full', copies, left, right)
    const ours: number[] = []
    const whole: number[] = []
    const git: number[] = []
    const start: number[] = []
    for (let turn = 0; turn < rounds; turn++) {
      start.push(gitTime('tiny'))
      git.push(gitTime('full'))
      ours.push(timed(() => repeat(copies, () => diffLines(left, right))))
      whole.push(timed(() => repeat(copies, () => patched(left, right))))
    }
    const own = fastest(ours) / copies
    const peer = Math.max(0.01, (fastest(git) - fastest(start)) / copies)
    const js = timed(() => jsdiffLines(left, right, { timeout: 5000 }))
    const fits = own / peer <= limits.ratio && (!name.startsWith('10 MB, many') || own < 1000)
    const { added, removed } = stats(diffLines(left, right))
    console.log(
      name.padEnd(24) +
        [
          own.toFixed(1),
          (fastest(whole) / copies).toFixed(1),
          peer.toFixed(1),
          (own / peer).toFixed(2),
        ]
          .concat(js >= 5000 ? ['> 5000', `> ${(js / own).toFixed(0)}`] : [])
          .concat(js >= 5000 ? [] : [js.toFixed(1), (js / own).toFixed(1)])
          .map((word) => word.padStart(10))
          .join('') +
        `   −${removed} +${added}${judge(fits)}`,
    )
  }

  console.log('\n100,000 lines made to be hard, fastest of 5, ms')
  for (const { name, left, right } of hostileInputs(100_000)) {
    const ms = fastestOf(5, () => timed(() => diffLines(left, right)))
    console.log(`${name.padEnd(44)} ${ms.toFixed(0).padStart(6)}${judge(ms < limits.hostileMs)}`)
  }

  const large = all.at(-1)
  if (large !== undefined) measureRows(diffLines(large.left, large.right))
} finally {
  await rm(folder, { recursive: true })
}

function measureRows(diff: LineDiff): void {
  const layout = fastestOf(rounds, () => timed(() => sideBySide(diff)))
  const hunks = sideBySide(diff)
  const changed = hunks.filter((part) => part.type === 'hunk')
  const some = timed(() => changed.slice(0, 100).reduce((sum, { rows }) => sum + rows.length, 0))
  const all = timed(() => changed.reduce((sum, { rows }) => sum + rows.length, 0))
  console.log(
    `\nThe last one as rows: laid out ${layout.toFixed(1)} ms, its first 100 hunks ${some.toFixed(1)} ms, ` +
      `all ${changed.length} hunks ${all.toFixed(0)} ms`,
  )
  const pairs = changed
    .flatMap(({ rows }) => rows)
    .flatMap(({ kind, left, right }) =>
      kind === 'changed' && left !== null && right !== null
        ? [[left.text, right.text] as const]
        : [],
    )
    .slice(0, 20_000)
  const times = pairs
    .map(([left, right]) => fastestOf(3, () => timed(() => refineWords(left, right))))
    .sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
  console.log(
    `Words of ${times.length} changed lines: median ${(at(0.5) * 1000).toFixed(0)} µs, ` +
      `p99 ${(at(0.99) * 1000).toFixed(0)} µs, longest ${(at(0.99999) * 1000).toFixed(0)} µs${judge(at(0.99) < limits.refineMs)}`,
  )
}

console.log(
  outcome.good
    ? 'within the stated limits (ratio 1.0, 10 MB with many changes 1 s, hard inputs 1 s, words p99 1 ms)'
    : 'OUTSIDE the stated limits (ratio 1.0, 10 MB with many changes 1 s, hard inputs 1 s, words p99 1 ms)',
)
if (!outcome.good) process.exitCode = 1
