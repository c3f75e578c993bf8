import { csvResponse, download, jsonResponse, timeCell } from '#kernel/export.ts'
import { recordedOnly } from './schema.catalogue.ts'
import type { Decision } from './schema.ts'

type Format = 'json' | 'csv' | 'markdown'

/** All decisions as one document, for whoever sets them at the vendor. */
export function decisionDocument(
  items: readonly Decision[],
  format: Format,
  made: { readonly workspace: string; readonly at: number },
): Response {
  switch (format) {
    case 'json':
      return jsonResponse('decisions', {
        workspace: made.workspace,
        madeAt: timeCell(made.at),
        note: recordedOnly,
        decisions: items,
      })
    case 'csv':
      return csvResponse('decisions', columns, items.map(cells))
    case 'markdown':
      return download('decisions.md', 'text/markdown; charset=utf-8', markdown(items, made))
  }
}

const columns = [
  'key',
  'decision',
  'where it is set',
  'value',
  'owner',
  'reason',
  'review by',
  'overdue',
  'decided',
  'decided by',
  'version',
]
const cells = ({ key, name, where, current, overdue }: Decision) => [
  key,
  name,
  where,
  current ? current.words.join('; ') : 'not decided',
  current?.owner.label,
  current?.reason,
  day(current?.reviewAt ?? null),
  overdue ? 'yes' : 'no',
  timeCell(current?.at),
  current?.by,
  current?.number,
]

const day = (at: number | null): string => timeCell(at).slice(0, 10)

/** Pure. A line for each fact, so that two documents can be compared line by line. */
export function markdown(
  items: readonly Decision[],
  made: { readonly workspace: string; readonly at: number },
): string {
  const head = [
    `# Decisions about the vendor’s cloud: ${inMarkdown(made.workspace)}`,
    '',
    `As of ${timeCell(made.at)}. ${recordedOnly}`,
  ]
  return `${[...head, ...items.flatMap(section)].join('\n')}\n`
}

function section({ name, where, current, overdue }: Decision): readonly string[] {
  const title = ['', `## ${name}`, '', `Where: ${where}`, '']
  if (!current) return [...title, '- Not decided.']
  const review = current.reviewAt === null ? 'never' : day(current.reviewAt)
  return [
    ...title,
    ...current.words.map((words) => `- ${inMarkdown(words)}`),
    `- Owner: ${inMarkdown(current.owner.label)}${current.owner.active ? '' : ' (no active member any more)'}`,
    `- Reason: ${inMarkdown(current.reason)}`,
    `- Review by: ${review}${overdue ? ' (overdue)' : ''}`,
    `- Version ${current.number}, decided ${day(current.at)} by ${inMarkdown(current.by)}`,
  ]
}

/** What people typed stays text: on one line, with the characters of Markdown escaped (CommonMark, section 2.4). */
const inMarkdown = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#|]/g, String.raw`\$&`)
