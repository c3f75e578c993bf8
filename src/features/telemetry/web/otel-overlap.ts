import { fold, readLayer, type Layer } from '#requirements/compose/index.ts'

/** A key of `[otel]` that a policy sets and the delivered lines set otherwise: the policy's stands. */
export interface Overlap {
  readonly key: string
  /** Where in the policy. */
  readonly line: number
}

/** Pure: what of the delivered lines does not count because this policy says it first, as the client composes them. */
export function otelOverlap(policyText: string, block: string): readonly Overlap[] {
  const layers: readonly Layer[] = [
    { kind: 'delivered', name: 'Policy', text: policyText },
    { kind: 'delivered', name: 'Telemetry', text: block },
  ]
  const { keys } = fold(layers.map((layer) => readLayer(layer)))
  return keys.flatMap(({ path, key, from, beat, value }) => {
    const [winner] = from
    const other = beat.find(({ layer }) => layer === 1)
    if (path[0] !== 'otel' || winner?.layer !== 0 || !other) return []
    if (JSON.stringify(other.value) === JSON.stringify(value)) return []
    return [{ key, line: winner.line }]
  })
}
