import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { applyPatch } from 'diff'
import {
  applyEdits,
  blame,
  diffLines,
  diffNumberedTexts,
  formattingOnly,
  splitLines,
  stats,
  unifiedPatch,
  type LineDiff,
} from '#history/index.ts'
import { generatedVersions } from './diff.generated.ts'
import { git, readHistory, type HistoryCommit } from './git-history.ts'

/**
 * `node bench/run.mjs history-check [--history PATH [--folder F]]`. Every page, every pair of
 * neighbouring versions: the edits, and the unified patch (by jsdiff), applied to the left give the
 * right byte for byte; the same edits come out of stored line ids; blame covers the page. Lines
 * added and removed, and hunks, against `git diff --histogram` over the same pairs: the sums, and in
 * every single diff.
 */
const { values } = parseArgs({
  options: { history: { type: 'string' }, folder: { type: 'string' } },
})
interface Pair {
  readonly name: string
  readonly left: string
  readonly right: string
}

const pairs: Pair[] = []
const versions = new Map<string, string[]>()
const commits =
  values.history === undefined
    ? generatedCommits()
    : readHistory(values.history, { folder: values.folder })
for await (const commit of commits) {
  for (const { path, blob } of commit.files) {
    const text = blob === null ? null : decode(blob)
    const known = versions.get(path)
    const left = known?.at(-1)
    if (text === null) continue
    if (left !== undefined && left !== text) {
      pairs.push({ name: `${path} ${new Date(commit.at).toISOString()}`, left, right: text })
    }
    if (known === undefined) versions.set(path, [text])
    else known.push(text)
  }
}

function generatedCommits(): readonly HistoryCommit[] {
  return generatedVersions().map((pages, at) => ({
    at,
    message: 'generated',
    files: [...pages].map(([path, text]) => ({ path, blob: Buffer.from(text) })),
  }))
}

/** Files that are no text are none of ours; git calls them binary. */
function decode(blob: Buffer): string | null {
  if (blob.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(blob)
  } catch {
    return null
  }
}

const failures: string[] = []
const ours = { added: 0, removed: 0, hunks: 0 }
const ids = new Map<string, number>()
let formatting = 0
let ms = 0
const perPair: { added: number; removed: number; hunks: number }[] = []
for (const { name, left, right } of pairs) {
  const from = performance.now()
  const diff = diffLines(left, right)
  ms += performance.now() - from
  const { added, removed } = stats(diff)
  const hunks = hunksOf(diff)
  perPair.push({ added, removed, hunks })
  ours.added += added
  ours.removed += removed
  ours.hunks += hunks
  if (formattingOnly(left, right)) formatting++
  if (applyEdits(diff) !== right) failures.push(`${name}: the edits do not give the right side`)
  const patch = unifiedPatch(diff, { fromName: 'a/page', toName: 'b/page' })
  if (applyPatch(left, patch, { autoConvertLineEndings: false }) !== right) {
    failures.push(`${name}: the patch does not give the right side`)
  }
  const stored = diffNumberedTexts(numbered(left), numbered(right))
  if (JSON.stringify(stored.edits) !== JSON.stringify(diff.edits)) {
    failures.push(`${name}: stored line ids give other edits`)
  }
}
for (const [path, texts] of versions) {
  const since = blame(texts.map((text) => numbered(text).ids))
  if (since.length !== splitLines(texts.at(-1) ?? '').length) failures.push(`${path}: blame`)
}

function numbered(text: string) {
  const lines = splitLines(text)
  const idOf = (line: string) => {
    const known = ids.get(line) ?? ids.size
    ids.set(line, known)
    return known
  }
  return { lines, ids: Int32Array.from(lines, idOf) }
}

/** The larger of 10 % and 5, for hunks and lines alike. */
const isApart = (own: number, other: number): boolean =>
  Math.abs(own - other) > Math.max(5, 0.1 * other)

/** Places that changed: what `git diff -U0` writes a header for. */
function hunksOf({ edits }: LineDiff): number {
  return edits.filter(({ kind }, i) => kind !== 'same' && (edits[i - 1]?.kind ?? 'same') === 'same')
    .length
}

const peer = { added: 0, removed: 0, hunks: 0 }
const apart: string[] = []
let alike = 0
const folder = await mkdtemp(join(tmpdir(), 'history-check-'))
try {
  await git(folder, ['init', '-q', '--bare'])
  for (let at = 0; at < pairs.length; at += 500) {
    const some = pairs.slice(at, at + 500)
    const lists = { left: [] as string[], right: [] as string[] }
    for (const side of ['left', 'right'] as const) {
      await Promise.all(some.map((pair, i) => writeFile(join(folder, `${side}${i}`), pair[side])))
      const paths = some.map((_, i) => join(folder, `${side}${i}`))
      for (let from = 0; from < paths.length; from += 100) {
        const out = await git(folder, ['hash-object', '-w', ...paths.slice(from, from + 100)])
        lists[side].push(...out.trim().split('\n'))
      }
    }
    for (let i = 0; i < some.length; i++) {
      const blobs = [lists.left[i] ?? '', lists.right[i] ?? '']
      const args = ['diff', '--histogram', '--no-color', '--text']
      const [added = '0', removed = '0'] = (
        await git(folder, [...args, '--numstat', ...blobs])
      ).split('\t')
      const text = await git(folder, [...args, '-U0', ...blobs])
      const hunks = text.split('\n').filter((line) => line.startsWith('@@ ')).length
      peer.added += Number(added)
      peer.removed += Number(removed)
      peer.hunks += hunks
      const own = perPair[at + i]
      const theirs = { added: Number(added), removed: Number(removed), hunks }
      const measures = ['added', 'removed', 'hunks'] as const
      if (own === undefined || measures.some((what) => isApart(own[what], theirs[what]))) {
        const shown = measures.map((what) => `${what} ${own?.[what] ?? 0} to ${theirs[what]}`)
        apart.push(`${some[i]?.name ?? ''}: ours to git's, ${shown.join(', ')}`)
      }
      if (measures.every((what) => own?.[what] === theirs[what])) alike++
    }
  }
} finally {
  await rm(folder, { recursive: true })
}

console.log(
  `${versions.size} pages, ${[...versions.values()].flat().length} versions, ${pairs.length} diffs in ${ms.toFixed(0)} ms; ` +
    `${formatting} are formatting only`,
)
let good = failures.length === 0 && pairs.length > 0
for (const what of ['added', 'removed', 'hunks'] as const) {
  const ratio = ours[what] / Math.max(1, peer[what])
  const within = Math.abs(ratio - 1) <= 0.1
  good &&= within
  console.log(
    `${what.padEnd(8)} ours ${String(ours[what]).padStart(7)}   git --histogram ${String(peer[what]).padStart(7)}   ` +
      `ratio ${ratio.toFixed(3)}${within ? '' : '   OUTSIDE 10 %'}`,
  )
}
good &&= apart.length === 0
console.log(
  `${alike} of ${pairs.length} diffs have git's hunks and lines exactly; ${apart.length} have hunks or lines ` +
    `apart from git's by more than the larger of 10 % and 5`,
)
for (const failure of [...failures, ...apart].slice(0, 20)) console.log(failure)
console.log(
  good ? 'every diff gives its right side; within the stated limits' : 'OUTSIDE the stated limits',
)
if (!good) process.exitCode = 1
