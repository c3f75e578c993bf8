/** Diffs as files: a patch, a Markdown text, an HTML document. Tasks for a thread of the pool. */
import { diffLines, unifiedPatch } from '#history/index.ts'
import type { DiffOptions } from '../schema.ts'
import { compare, htmlView, type CompareInput } from './compare.ts'
import { diffDocument } from './document.ts'

export interface WrittenInput extends CompareInput {
  readonly view: DiffOptions['view']
  /** Names of the file on both sides; null where it does not exist. */
  readonly names: { readonly left: string | null; readonly right: string | null }
  readonly title: string
  readonly subtitle: string
  /** What the two columns are. */
  readonly labels: { readonly left: string; readonly right: string }
}

/** A unified patch that `git apply` takes. Exact: formatting and ignored lines are in it whatever the options say. */
export function patchTask({ left, right, names, options }: WrittenInput): string {
  const lines = unifiedPatch(diffLines(left ?? '', right ?? ''), {
    fromName: names.left === null ? '/dev/null' : `a/${names.left}`,
    toName: names.right === null ? '/dev/null' : `b/${names.right}`,
    context: options.context === 'all' ? Infinity : options.context,
  })
  return names.left === names.right && lines === '' ? '' : gitHead(names) + lines
}

/** What lines alone cannot say: that a file moved, or that one without lines came or went. */
function gitHead({ left, right }: WrittenInput['names']): string {
  const head = `diff --git a/${left ?? right ?? ''} b/${right ?? left ?? ''}\n`
  if (left === right) return head
  if (left === null) return `${head}new file mode 100644\n`
  if (right === null) return `${head}deleted file mode 100644\n`
  return `${head}rename from ${left}\nrename to ${right}\n`
}

/** Headings and a fenced diff of what the options show. */
export function markdownTask(input: WrittenInput): string {
  const found = compare(input)
  const { context } = input.options
  const body = unifiedPatch(found.diff, {
    fromName: input.names.left ?? '/dev/null',
    toName: input.names.right ?? '/dev/null',
    context: context === 'all' ? Infinity : context,
  })
  const sum = `+${found.added} −${found.removed}`
  const head = `# ${oneLine(input.title)}\n\n${oneLine(input.subtitle)} · ${sum}\n`
  if (body === '') return `${head}\n${nothing(found.formattingOnly)}\n`
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1))
  return `${head}\n${fence}diff\n${body}${fence}\n`
}

/** One document that stands alone, its style inside. */
export function htmlTask(input: WrittenInput): string {
  const found = compare(input)
  const { context } = input.options
  return diffDocument({
    title: input.title,
    subtitle: `${input.subtitle} · +${found.added} −${found.removed}`,
    labels: input.labels,
    nothing: nothing(found.formattingOnly),
    view: htmlView(input.view, found, context),
  })
}

export const nothing = (formattingOnly: boolean): string =>
  formattingOnly ? 'Only formatting or ignored lines differ.' : 'Nothing differs.'

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
