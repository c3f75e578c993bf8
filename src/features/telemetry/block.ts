/** What decides the delivered `[otel]` block, the same for everybody. */
export interface BlockSettings {
  readonly protocol: 'binary' | 'json'
  /** Empty: the name that the client gives itself. */
  readonly environment: string
  readonly metrics: boolean
  readonly traces: boolean
  readonly logUserPrompt: boolean
  /** Whether output of tools is asked for at all. */
  readonly toolOutput: boolean
}

/** Where this Gatehouse takes telemetry, with the path that OTLP/HTTP gives each signal. */
const pathOf = (signal: 'logs' | 'metrics' | 'traces'): string => `/otlp/v1/${signal}`

/**
 * The `[otel]` block, as requirements. Pure. All three exporters are always named: where nothing is said, the client 0.169 sends
 * its metrics to an address of the vendor's. `token` null: nothing is sent to anybody.
 *
 * The longest text that the client sends of the output of a tool is 2,048 bytes by default; with 0 none leaves the machine
 * (measured). The arguments of tools come in any case.
 */
export function otelBlock(
  publicUrl: string,
  settings: BlockSettings,
  token: string | null,
): string {
  const exporter = (signal: 'logs' | 'metrics' | 'traces', on: boolean): string =>
    on && token !== null
      ? `{ otlp-http = { endpoint = ${quoted(publicUrl + pathOf(signal))}, protocol = ${quoted(settings.protocol)}, headers = { authorization = ${quoted(`Bearer ${token}`)} } } }`
      : '"none"'
  return [
    '[otel]',
    ...(settings.environment === '' ? [] : [`environment = ${quoted(settings.environment)}`]),
    `log_user_prompt = ${settings.logUserPrompt}`,
    'log_agent_responses = false',
    ...(settings.toolOutput ? [] : ['tool_result = { max_bytes = 0 }']),
    `exporter = ${exporter('logs', true)}`,
    `trace_exporter = ${exporter('traces', settings.traces)}`,
    `metrics_exporter = ${exporter('metrics', settings.metrics)}`,
    '',
  ].join('\n')
}

/** A basic string of TOML; the escapes of JSON are among its own, and control characters do not get here. */
const quoted = (text: string): string => JSON.stringify(text)
