import type { StepReport } from '#features/watch/index.ts'
import type { TroubleContent } from '../content.ts'
import { unifiedText } from '../unified.ts'
import { digestSubject, kindWords, stepSubject, troubleSubject } from '../words.ts'

/**
 * Messages for Slack and the chats that take its form. Limits of Block Kit: 50 blocks in a message, 3,000 characters in
 * the text of a section; 4,000 in `text`, which notifications show.
 */
const maxBlocks = 50
const maxSection = 3000
const maxText = 4000
/** Pages of a step that are shown with their diff. */
const maxPages = 10

export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly Section[]
}
interface Section {
  readonly type: 'section'
  readonly text: { readonly type: 'mrkdwn'; readonly text: string }
}

export function slackSteps(
  reports: readonly StepReport[],
  more: number,
  digest: boolean,
  siteUrl: string,
): SlackMessage {
  const [only] = reports
  const text = !digest && only ? stepSubject(only) : digestSubject(reports, more)
  const shown = Math.max(1, Math.floor(maxPages / Math.max(1, reports.length)))
  const sections = reports.flatMap((report) => [
    section(`*${link(siteUrl + report.link, stepSubject(report))}*`),
    ...(report.keys === null ? [] : [section(escape(report.keys))]),
    ...report.pages.slice(0, shown).map((page) => pageSection(page, siteUrl)),
    ...rest(report, shown, siteUrl),
  ])
  const tail = more > 0 ? [section(link(`${siteUrl}/watch`, `and ${more} more steps`))] : []
  return message(text, [...sections, ...tail])
}

export function slackTrouble(trouble: TroubleContent, siteUrl: string): SlackMessage {
  const { collection, failures, more } = trouble
  const text = troubleSubject(collection.path, failures.length + more)
  return message(text, [
    section(`*${link(`${siteUrl}/watch/${collection.path}`, text)}*`),
    ...failures.map(({ page, url, failure, message: why }) =>
      section(`${link(url, page ?? url)}: ${escape(failure)}\n${escape(why)}`),
    ),
    ...(more > 0 ? [section(`and ${more} more`)] : []),
  ])
}

export const slackTest = (endpoint: string): SlackMessage =>
  message(`Gatehouse can reach the webhook ${endpoint}.`, [])

function pageSection(page: StepReport['pages'][number], siteUrl: string): Section {
  const size = `${kindWords(page.kind)} +${page.added} −${page.removed}`
  const head = `${link(siteUrl + page.link, page.title ?? page.page)} ${size}`
  if (page.diff === null) return section(head)
  // Escaped first and cut at a line: half of an entity would show as rubbish.
  const room = maxSection - head.length - 20
  const lines = escape(unifiedText(page.diff, 300)).split('\n')
  let code = ''
  for (const line of lines) {
    if (code.length + line.length + 3 > room) {
      code += '…\n'
      break
    }
    code += `${line}\n`
  }
  return section(`${head}\n\`\`\`\n${code}\`\`\``)
}

function rest(report: StepReport, shown: number, siteUrl: string): readonly Section[] {
  const left = report.pages.length - shown + report.more
  return left > 0 ? [section(link(siteUrl + report.link, `and ${left} more pages`))] : []
}

const message = (text: string, blocks: readonly Section[]): SlackMessage => ({
  text: escape(text).slice(0, maxText),
  blocks: blocks.slice(0, maxBlocks),
})

const section = (text: string): Section => ({
  type: 'section',
  text: {
    type: 'mrkdwn',
    text: text.length > maxSection ? `${text.slice(0, maxSection - 1)}…` : text,
  },
})

/** The three characters that Slack's mrkdwn gives a meaning to, and what would end a block of code. */
const escape = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('```', "'''")

/** `|` and `>` would end the address. Titles are cut, so that a link always fits. */
const link = (url: string, text: string): string =>
  `<${url.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C').replaceAll('&', '&amp;')}|${escape(text.slice(0, 300)).replaceAll('|', '¦')}>`
