import type { ContentLevel, TelemetryChange, TelemetrySettings } from '../schema.settings.ts'

/** The settings as fields of the form. */
export interface FormValues {
  level: ContentLevel
  groups: readonly { readonly groupId: string; readonly level: ContentLevel }[]
  patterns: string
  metrics: boolean
  traces: boolean
  logUserPrompt: boolean
  environment: string
  protocol: 'binary' | 'json'
  events: number | string
  content: number | string
  traceDays: number | string
  sums: number | string
  relayUrl: string
  relayHeaders: string
}

export const valuesOf = (settings: TelemetrySettings): FormValues => ({
  level: settings.content.level,
  groups: settings.groups,
  patterns: settings.content.patterns.join('\n'),
  metrics: settings.metrics,
  traces: settings.traces,
  logUserPrompt: settings.logUserPrompt,
  environment: settings.environment,
  protocol: settings.protocol,
  events: settings.retention.events,
  content: settings.retention.content,
  traceDays: settings.retention.traces,
  sums: settings.retention.sums,
  relayUrl: settings.relay?.url ?? '',
  relayHeaders: '',
})

/** `keepHeaders`: those of before stay where none are written. */
export function changeOf(values: FormValues, keepHeaders: boolean): Partial<TelemetryChange> {
  const { level, patterns, relayUrl, relayHeaders, events, content, traceDays, sums, ...rest } =
    values
  const headers = headersIn(relayHeaders)
  const url = relayUrl.trim()
  return {
    ...rest,
    groups: [...rest.groups],
    content: { level, patterns: lines(patterns) },
    retention: {
      events: Number(events),
      content: Number(content),
      traces: Number(traceDays),
      sums: Number(sums),
    },
    relay:
      url === ''
        ? null
        : keepHeaders && Object.keys(headers).length === 0
          ? { url }
          : { url, headers },
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** `name: value` on each line; a line without a colon is a name without a value, which the server refuses. */
export function headersIn(text: string): Record<string, string> {
  return Object.fromEntries(
    lines(text).map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.trim(), value.join(':').trim()]
    }),
  )
}
