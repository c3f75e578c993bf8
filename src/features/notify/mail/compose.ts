import type { StepReport } from '#features/watch/index.ts'
import { minuteText } from '#kernel/clock.ts'
import type { TroubleContent } from '../content.ts'
import { escapeHtml, linkHtml, stepHtml } from '../markup.ts'
import { unifiedText } from '../unified.ts'
import {
  digestSubject,
  kindWords,
  shortName,
  stepSubject,
  stepWords,
  troubleSubject,
} from '../words.ts'

export interface Composed {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface Frame {
  readonly siteUrl: string
  readonly unsubscribe: string
}

/** Some mail clients cut a mail at 102 KB; quoted-printable and our frame need some of it. */
const maxHtml = 80_000
const maxText = 60_000
const maxLine = 500

/** One step, or several as a digest: the same diffs as on screen. */
export function stepsMail(
  reports: readonly StepReport[],
  more: number,
  digest: boolean,
  frame: Frame,
): Composed {
  const [only] = reports
  const subject =
    !digest && reports.length === 1 && only ? stepSubject(only) : digestSubject(reports, more)
  const share = Math.max(1, reports.length)
  const markup = { siteUrl: frame.siteUrl, maxLine, maxSize: Math.floor(maxHtml / share) }
  const html = reports.map(
    (report) => `<h2>${linkHtml(frame.siteUrl + report.link, stepTitle(report))}</h2>
${stepHtml(report, markup)}`,
  )
  const text = reports.map((report) => stepText(report, frame.siteUrl, Math.floor(maxText / share)))
  if (more > 0) {
    const words = `${more} more ${more === 1 ? 'step' : 'steps'}: ${frame.siteUrl}/watch`
    html.push(`<p>${escapeHtml(words)}</p>`)
    text.push(words)
  }
  return { subject, ...framed(subject, html, text, frame) }
}

const stepTitle = (report: StepReport): string =>
  `${shortName(report.collection.path)}, ${minuteText(report.at)}: ${stepWords(report)}`

function stepText(report: StepReport, siteUrl: string, max: number): string {
  const parts = [stepTitle(report), siteUrl + report.link]
  if (report.keys !== null) parts.push('', report.keys)
  let size = 0
  for (const page of report.pages) {
    const head = `${page.title ?? page.page}: ${kindWords(page.kind)} +${page.added} −${page.removed}`
    parts.push('', head, siteUrl + page.link)
    const diff = page.diff === null ? '' : unifiedText(page.diff, maxLine)
    size += diff.length
    if (diff !== '' && size <= max) parts.push('', diff, ...(page.cut ? ['…'] : []))
  }
  if (report.more > 0) parts.push('', `and ${report.more} more`)
  return parts.join('\n')
}

/** Pages and sources that fail for the third time in a row. */
export function troubleMail(trouble: TroubleContent, frame: Frame): Composed {
  const count = trouble.failures.length + trouble.more
  const subject = troubleSubject(trouble.collection.path, count)
  const link = `${frame.siteUrl}/watch/${trouble.collection.path}`
  const text = trouble.failures.map(
    ({ page, url, failure, message }) =>
      `${page ?? 'The collection'}: ${failure}\n${url}\n${message}`,
  )
  const html = trouble.failures.map(
    ({ page, url, failure, message }) =>
      `<h3>${escapeHtml(page ?? 'The collection')} <small>${escapeHtml(failure)}</small></h3>
<p>${linkHtml(url, url)}<br>${escapeHtml(message)}</p>`,
  )
  const more = trouble.more > 0 ? [`and ${trouble.more} more`] : []
  return {
    subject,
    ...framed(
      subject,
      [`<p>${linkHtml(link, trouble.collection.title)}</p>`, ...html, ...more],
      [link, ...text, ...more],
      frame,
    ),
  }
}

function framed(
  subject: string,
  html: readonly string[],
  text: readonly string[],
  { siteUrl, unsubscribe }: Frame,
): Pick<Composed, 'text' | 'html'> {
  return {
    text: `${text.join('\n\n\n')}

--\u0020
You get this because you follow it on Gatehouse: ${siteUrl}/subscriptions
Stop these mails: ${unsubscribe}
`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font:14px/1.5 system-ui,sans-serif">
${html.join('\n')}
<hr>
<p><small>You get this because you follow it on Gatehouse.
${linkHtml(`${siteUrl}/subscriptions`, 'Change your subscriptions')} ·
${linkHtml(unsubscribe, 'Stop these mails')}</small></p>
</body>
</html>
`,
  }
}
