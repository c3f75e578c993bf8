import { minuteText } from '#kernel/clock.ts'
/** One diff as a file to keep or to send. */
import { download } from '#kernel/export.ts'
import type { WatchParts } from '../parts.ts'
import type { DiffOptions } from '../schema.ts'
import { compareInput } from './diff.ts'
import type { CollectionRow } from './load.ts'
import type { Pair, PairSide } from './pair.ts'
import { compute } from './texts.ts'
import { htmlTask, markdownTask, patchTask, type WrittenInput } from './written.task.ts'

const url = new URL('./written.task.ts', import.meta.url)
const forms = {
  patch: {
    task: { run: patchTask, name: 'patchTask', url },
    ending: 'patch',
    type: 'text/x-diff; charset=utf-8',
  },
  markdown: {
    task: { run: markdownTask, name: 'markdownTask', url },
    ending: 'md',
    type: 'text/markdown; charset=utf-8',
  },
  html: {
    task: { run: htmlTask, name: 'htmlTask', url },
    ending: 'html',
    type: 'text/html; charset=utf-8',
  },
} as const

export async function writtenDiff(
  parts: WatchParts,
  collection: CollectionRow,
  pair: Pair,
  options: DiffOptions,
  format: keyof typeof forms,
): Promise<Response> {
  const { task, ending, type } = forms[format]
  const { input, characters } = await compareInput(parts, collection, pair, options)
  const body = await compute<WrittenInput, string>(
    parts,
    task,
    { ...input, view: options.view, ...wordsOf(collection, pair) },
    characters,
  )
  const name = [pair.page.path.replaceAll('/', '-'), pair.a.stamp, pair.b.stamp].join('_')
  return download(`${name}.${ending}`, type, body)
}

/** How a diff is called, on screen and on paper. */
export function wordsOf(
  collection: CollectionRow,
  { page, a, b, left, right }: Pair,
): Pick<WrittenInput, 'names' | 'title' | 'subtitle' | 'labels'> {
  const moments = { left: minuteText(a.at), right: minuteText(b.at) }
  return {
    names: { left: fileOf(left), right: fileOf(right) },
    title: `${page.title ?? page.path}: ${moments.left} to ${moments.right}`,
    subtitle: `${collection.path}/${page.path}`,
    labels: {
      left: left === null ? `${moments.left}: no such page` : moments.left,
      right: right === null ? `${moments.right}: no such page` : moments.right,
    },
  }
}

const fileOf = (side: PairSide | null): string | null => side && `${side.page}.md`
