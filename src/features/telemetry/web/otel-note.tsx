import { useDeferredValue, useMemo } from 'react'
import { Alert } from '@mantine/core'
import { useApi } from '#web/kit/index.ts'
import { deliveredBlock } from '../schema.settings.ts'
import { otelOverlap } from './otel-overlap.ts'

/** Beside a policy that brings an [otel] of its own while telemetry is collected: what wins. */
export function OtelNote({ text }: { readonly text: string }) {
  const said = useDeferredValue(text.includes('otel') ? text : '')
  const { data } = useApi(['telemetry', 'block'], '/api/v1/telemetry/block', deliveredBlock, {
    enabled: said !== '',
  })
  const block = data?.block ?? null
  const found = useMemo(
    () => (block === null || said === '' ? [] : otelOverlap(said, block)),
    [said, block],
  )
  if (found.length === 0) return null
  const away = found.some(({ key }) => key === 'otel.exporter')
  return (
    <Alert color="yellow" role="note" title="This policy has an [otel] of its own">
      It wins over what the settings of telemetry deliver, for:{' '}
      {found.map(({ key, line }) => `${key} (line ${line})`).join(', ')}.
      {away && ' Clients under it report nothing of what they do to this Gatehouse.'}
    </Alert>
  )
}
