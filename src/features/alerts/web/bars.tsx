import { Group, Text } from '@mantine/core'
import { figureOf } from '../schema.figure.ts'
import type { Trial } from '../schema.ts'

const height = 120
const slot = 12

/** A picture of what the table under it says, so it is hidden from screen readers: a bar for each figure, and the limit. */
export function Bars({ of, limit }: { readonly of: Trial; readonly limit: number | null }) {
  const { points, kind, currency } = of
  const top = Math.max(limit ?? 0, ...points.map(({ value }) => value ?? 0), 1)
  const y = (value: number): number => height - (value / top) * (height - 4)
  const width = points.length * slot
  return (
    <div aria-hidden>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        width="100%"
        height={height}
        style={{ maxWidth: points.length * 48, display: 'block' }}
      >
        {points.map(({ period, value, fires }, i) => (
          <rect
            key={period}
            x={i * slot + 2}
            width={slot - 4}
            y={y(value ?? 0)}
            height={height - y(value ?? 0)}
            fill={fires ? 'var(--gh-drift)' : 'var(--mantine-color-accent-6)'}
          />
        ))}
        {limit !== null && (
          <line
            x1={0}
            x2={width}
            y1={y(limit)}
            y2={y(limit)}
            stroke="currentColor"
            strokeDasharray="6 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <Group gap="md" mt={4}>
        <Text size="xs">
          {points[0]?.period} to {points.at(-1)?.period}
        </Text>
        {points.some(({ fires }) => fires) && (
          <Text size="xs">
            <span style={{ color: 'var(--gh-drift)' }}>■</span> would have told
          </Text>
        )}
        {limit !== null && <Text size="xs">Dashed: {figureOf(limit, kind, currency)}</Text>}
      </Group>
    </div>
  )
}
